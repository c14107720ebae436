// A text with line numbers beside it and marks where something is wrong. It grows with its text: what scrolls is around it.
import { type RefObject, useMemo } from "react";

interface Fault {
  line: number;
  column: number;
  what: string;
}

export function NumberedText({
  label,
  text,
  onChange,
  faults,
  describedBy,
  field,
}: {
  label: string;
  text: string;
  onChange?: (text: string) => void; // not given: it is only read
  faults: Fault[];
  describedBy?: string;
  field: RefObject<HTMLTextAreaElement>;
}) {
  const lines = useMemo(() => text.split("\n").length, [text]);
  const broken = useMemo(() => new Set(faults.map((fault) => fault.line)), [faults]);
  return (
    <div className="numbered">
      <ol className="numbered-lines" aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          <li key={`${i + 1}`} className={broken.has(i + 1) ? "numbered-broken" : undefined}>
            {i + 1}
          </li>
        ))}
      </ol>
      <textarea
        ref={field}
        aria-label={label}
        aria-invalid={faults.length > 0}
        aria-describedby={describedBy}
        className="numbered-text"
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        readOnly={!onChange}
        rows={lines}
        value={text}
        onChange={(event) => onChange?.(event.target.value)}
      />
    </div>
  );
}

// The caret at the fault, and the line in sight.
export function goToFault(field: HTMLTextAreaElement | null, fault: Pick<Fault, "line" | "column">) {
  if (!field) return;
  const lines = field.value.split("\n");
  const before = lines.slice(0, Math.max(0, fault.line - 1)).reduce((sum, line) => sum + line.length + 1, 0);
  const line = lines[fault.line - 1] ?? "";
  const at = before + Math.min(Math.max(0, fault.column - 1), line.length);
  field.focus({ preventScroll: true });
  field.setSelectionRange(at, before + line.length);
  const top = field.getBoundingClientRect().top + (fault.line - 1) * 18;
  field.closest(".view")?.scrollBy({ top: top - window.innerHeight / 3 });
}
