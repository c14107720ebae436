import { describe, expect, it } from "vitest";
import { toCsv, toJson } from "./export";
import type { Column } from "./types";

interface Row {
  name: string;
  score: number | null;
}
const columns: Column<Row>[] = [
  { id: "name", name: "Name", width: 1, render: () => null, value: (row) => row.name },
  { id: "score", name: "Score", width: 1, render: () => null, value: (row) => row.score },
];

describe("export", () => {
  it("quotes what must be, and takes the sting out of formulas", () => {
    const rows = [
      { name: 'a "b", c\nd', score: -3 },
      { name: "=cmd()", score: null },
      { name: "-1+1", score: 0 },
    ];
    expect(toCsv(columns, rows)).toBe('Name,Score\r\n"a ""b"", c\nd",-3\r\n\'=cmd(),\r\n\'-1+1,0\r\n');
  });
  it("keeps numbers and nulls in JSON", () => {
    expect(JSON.parse(toJson(columns, [{ name: "=x", score: null }]))).toEqual([{ name: "=x", score: null }]);
    expect(toCsv(columns, [])).toBe("Name,Score\r\n");
  });
});
