import { describe, expect, it } from "vitest";
import { folded, type Line } from "./fold";

const lines = (marks: string): Line[] =>
  [...marks].map((mark, i) => ({
    kind: mark === "-" ? "removed" : mark === "+" ? "added" : "same",
    text: String(i),
  }));
const shown = (marks: string) =>
  folded(lines(marks), 1)
    .map((line) => (line.kind === "folded" ? `(${line.lines})` : line.text))
    .join(" ");

describe("folded", () => {
  it("does not show the end of the text as a line", () => {
    const all: Line[] = [
      { kind: "added", text: "a" },
      { kind: "same", text: "" },
    ];
    expect(folded(all)).toEqual(all.slice(0, 1));
  });
  it("keeps what changed with a line around it", () => {
    expect(shown("     +    ")).toBe("(4) 4 5 6 (3)");
    expect(shown("-        +")).toBe("0 1 (6) 8 9");
    expect(shown("+-")).toBe("0 1");
    expect(shown("    ")).toBe("(4)");
    expect(shown("")).toBe("");
  });
});
