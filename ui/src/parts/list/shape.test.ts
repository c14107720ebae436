import { describe, expect, it } from "vitest";
import { filtered, grouped, held, searched, sorted } from "./shape";
import type { Column } from "./types";

interface Row {
  name: string;
  n: number | null;
  tags: string[];
}
const rows: Row[] = [
  { name: "web10", n: 3, tags: ["a"] },
  { name: "Web2", n: null, tags: ["a", "b"] },
  { name: "db", n: 7, tags: [] },
];
const column = (value: Column<Row>["value"]): Column<Row> => ({
  id: "x",
  name: "X",
  width: 1,
  render: () => null,
  value,
});
const names = (list: Row[]) => list.map((row) => row.name);

describe("shape", () => {
  it("searches all words, in either case", () => {
    const of = (row: Row) => `${row.name} ${row.tags.join(" ")}`;
    expect(names(searched(rows, "WEB", of))).toEqual(["web10", "Web2"]);
    expect(names(searched(rows, " web  2 ", of))).toEqual(["Web2"]);
    expect(searched(rows, "", of)).toBe(rows);
  });
  it("filters by any of the values chosen, and by none when none is", () => {
    const facets = [{ id: "t", name: "T", options: [], of: (row: Row) => row.tags }];
    expect(names(filtered(rows, facets, { t: ["b", "zz"] }))).toEqual(["Web2"]);
    expect(names(filtered(rows, facets, { t: [] }))).toEqual(["web10", "Web2", "db"]);
    expect(names(filtered(rows, [{ id: "s", name: "S", options: [] }], { s: ["x"] }))).toHaveLength(3);
  });
  it("sorts numbers as numbers, names as people do, and the unknown last both ways", () => {
    const n = column((row) => row.n);
    expect(names(sorted(rows, n, true))).toEqual(["db", "web10", "Web2"]);
    expect(names(sorted(rows, n, false))).toEqual(["web10", "db", "Web2"]);
    expect(
      names(
        sorted(
          rows,
          column((row) => row.name),
          false,
        ),
      ),
    ).toEqual(["db", "Web2", "web10"]);
    expect(
      names(
        sorted(
          rows,
          column(() => 1),
          true,
        ),
      ),
    ).toEqual(names(rows));
  });
  it("groups in the order of the first row, and folds", () => {
    const by = { id: "g", name: "G", of: (row: Row) => row.name.slice(0, 1).toLowerCase() };
    const lines = grouped(rows, by, new Set(["w"]));
    expect(lines.map((line) => (line.kind === "group" ? `${line.name}:${line.rows.length}` : line.row.name))).toEqual([
      "w:2",
      "d:1",
      "db",
    ]);
    expect(grouped(rows, undefined, new Set())).toHaveLength(3);
  });
  it("holds places while content changes, and counts what is new", () => {
    const now: Row[] = [
      { name: "new", n: 9, tags: [] },
      { name: "db", n: 8, tags: [] },
      { name: "web10", n: 3, tags: [] },
    ];
    const { rows: shown, news } = held(rows, now, (row) => row.name);
    expect(names(shown)).toEqual(["web10", "Web2", "db"]);
    expect(shown[2]?.n).toBe(8);
    expect(news).toBe(1);
  });
});
