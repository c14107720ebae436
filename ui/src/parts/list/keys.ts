// j/k and the arrow keys walk the list, Enter opens (the link has the focus), Home and End jump. With the drawer open the
// arrows take it along.
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { go, type Opened, openAddress, useOpened } from "../address";
import type { Line } from "./shape";

interface Keys<Row> {
  lines: Line<Row>[];
  open?: (row: Row) => Opened;
  scroller: RefObject<HTMLDivElement | null>;
  show: (index: number) => void;
  main: boolean; // hears keys wherever the focus is
  openIndex: number; // of the row that the drawer shows, or -1
}

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest("input,textarea,select,[contenteditable],dialog,.panel,[role=separator]") !== null;

export function useListKeys<Row>({ lines, open, scroller, show, main, openIndex }: Keys<Row>) {
  const [cursor, setCursor] = useState(-1);
  const wanted = useRef(-1); // the row whose link is to have the focus once it is drawn
  const opened = useOpened();

  const walk = useCallback(
    (key: string): boolean => {
      const from = openIndex >= 0 ? openIndex : cursor;
      const step = key === "j" || key === "ArrowDown" ? 1 : key === "k" || key === "ArrowUp" ? -1 : 0;
      let to = key === "Home" ? 0 : key === "End" ? lines.length - 1 : from + step;
      if (step === 0 && key !== "Home" && key !== "End") return false;
      while (lines[to]?.kind === "group") to += step || 1;
      const line = lines[to];
      if (line?.kind !== "row") return lines.length > 0;
      setCursor(to);
      show(to);
      if (opened && openIndex >= 0 && open) {
        const next = open(line.row);
        go(openAddress({ ...next, tab: next.kind === opened.kind ? opened.tab : undefined }), "replace");
      }
      wanted.current = to;
      return true;
    },
    [lines, cursor, openIndex, open, opened, show],
  );

  useEffect(() => {
    if (wanted.current < 0) return;
    const link = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"] [data-row]`);
    if (!link) return; // drawn with the next pass
    wanted.current = -1;
    link.focus();
  });

  useEffect(() => {
    if (!main) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
      // Within the drawer the arrows scroll; j and k still walk the list.
      const inDrawer = event.target instanceof HTMLElement && event.target.closest(".drawer") !== null;
      if (inDrawer && !["j", "k"].includes(event.key)) return;
      if (["Home", "End"].includes(event.key) && !scroller.current?.contains(event.target as Node)) return;
      if (walk(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [main, walk, scroller]);

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (main || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target))
        return;
      if (walk(event.key)) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    [main, walk],
  );
  return { cursor, setCursor, onKeyDown };
}
