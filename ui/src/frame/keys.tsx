// Keys that work everywhere, and the list of all keys (?).
import { useEffect, useRef } from "react";
import { go } from "../parts/address";
import { Dialog } from "../parts/dialog";
import { views } from "../views/table";

const between = 1200; // milliseconds: from g to its second key

export function usePageKeys(onHelp: () => void) {
  const begun = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target?.closest?.("input,textarea,select,[contenteditable],dialog")) return;
      if (event.key === "?") {
        event.preventDefault();
        onHelp();
      } else if (event.key === "/") {
        const field =
          document.querySelector<HTMLInputElement>("[data-search=list]") ??
          document.querySelector<HTMLInputElement>("[data-search=all]");
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.select();
      } else if (event.key === "g") {
        begun.current = Date.now();
      } else if (Date.now() - begun.current < between) {
        begun.current = 0;
        const view = views.find((each) => each.key === event.key);
        if (!view) return;
        event.preventDefault();
        go(view.path);
      }
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [onHelp]);
}

export function Keys({ onClose }: { onClose: () => void }) {
  const rows: [string, string][] = [
    ["/", "search the list, or everything"],
    ["j k, arrows", "walk the list; with the details open they go along"],
    ["Enter", "open the details"],
    ["Esc", "close the details, leave the search"],
    ["?", "this list"],
    ...views.map((view): [string, string] => [`g ${view.key}`, view.name]),
  ];
  return (
    <Dialog title="Keys" onClose={onClose}>
      <table className="keys">
        <tbody>
          {rows.map(([key, what]) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
