// Ids, versions, paths and commands: in the monospace, with a button to copy that shows on hover and focus.
import { useEffect, useState } from "react";
import { Icon } from "./icon";

export function CopyButton({ text, what = "copy" }: { text: string; what?: string }) {
  const [done, setDone] = useState<"" | "copied" | "not copied">("");
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(""), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="copy"
      aria-label={done || `${what}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`}
      title={done || "Copy"}
      onClick={(event) => {
        event.stopPropagation();
        event.preventDefault();
        copyText(text).then(
          () => setDone("copied"),
          () => setDone("not copied"),
        );
      }}
    >
      <Icon name={done === "copied" ? "check" : "copy"} />
      <span className="unseen" aria-live="polite">
        {done}
      </span>
    </button>
  );
}

// The clipboard of browsers wants a secure origin; a plain one behind a tunnel has the old way.
async function copyText(text: string) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser does not copy");
}

export function Code({ text, show }: { text: string; show?: string }) {
  if (!text) return null;
  return (
    <span className="code">
      <code title={show && show !== text ? text : undefined}>{show ?? text}</code>
      <CopyButton text={text} />
    </span>
  );
}

export function CommandLine({ text }: { text: string }) {
  return (
    <div className="command">
      <pre>{text}</pre>
      <CopyButton text={text} what="copy the command" />
    </div>
  );
}
