// A difference with long stretches of lines that are alike folded away. Pure.
export interface Line {
  kind: "same" | "removed" | "added";
  text: string;
}
export type Shown = Line | { kind: "folded"; lines: number };

export function folded(all: Line[], around = 3): Shown[] {
  // What comes after the last end of a line is no line.
  const end = all[all.length - 1];
  const lines = end?.kind === "same" && end.text === "" ? all.slice(0, -1) : all;
  const near = (i: number) => lines.slice(Math.max(0, i - around), i + around + 1).some((line) => line.kind !== "same");
  const out: Shown[] = [];
  lines.forEach((line, i) => {
    const last = out[out.length - 1];
    if (near(i)) out.push(line);
    else if (last?.kind === "folded") last.lines += 1;
    else out.push({ kind: "folded", lines: 1 });
  });
  return out;
}
