// From rows to what the table shows: searched, filtered, sorted, grouped. Pure.
import type { Column, Facet, Grouping } from "./types";

export interface Wanted {
  text: string;
  chosen: Record<string, string[]>; // facet -> values
  sort: { column: string; down: boolean };
  group?: string;
  closed: ReadonlySet<string>; // groups that are folded
}

const words = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);

export function searched<Row>(rows: Row[], text: string, of: (row: Row) => string): Row[] {
  const wanted = words(text);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => {
    const hay = of(row).toLowerCase();
    return wanted.every((word) => hay.includes(word));
  });
}

export function filtered<Row>(rows: Row[], facets: Facet<Row>[], chosen: Record<string, string[]>): Row[] {
  return facets.reduce((left, { id, of }) => {
    const values = chosen[id];
    if (!of || !values || values.length === 0) return left;
    return left.filter((row) => {
      const has = of(row);
      return Array.isArray(has) ? has.some((value) => values.includes(value)) : values.includes(has);
    });
  }, rows);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function order(a: string | number | null, b: string | number | null): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator.compare(String(a), String(b));
}

// Stable; what is not known comes last, whichever way.
export function sorted<Row>(rows: Row[], column: Column<Row>, down: boolean): Row[] {
  const missing = (value: string | number | null) => value === null || value === "";
  const keyed = rows.map((row, place) => ({ row, place, value: column.value(row) }));
  keyed.sort((a, b) => {
    const first = missing(a.value);
    const second = missing(b.value);
    if (first || second) return first === second ? a.place - b.place : first ? 1 : -1;
    return (down ? -1 : 1) * order(a.value, b.value) || a.place - b.place;
  });
  return keyed.map(({ row }) => row);
}

export type Line<Row> = { kind: "row"; row: Row } | { kind: "group"; name: string; rows: Row[]; open: boolean };

// Groups stand in the order of their first row, so the worst group is first when the worst row is.
export function grouped<Row>(
  rows: Row[],
  grouping: Grouping<Row> | undefined,
  closed: ReadonlySet<string>,
): Line<Row>[] {
  if (!grouping) return rows.map((row) => ({ kind: "row", row }));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = grouping.of(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].flatMap(([name, members]): Line<Row>[] => {
    const open = !closed.has(name);
    const head: Line<Row> = { kind: "group", name, rows: members, open };
    return open ? [head, ...members.map((row): Line<Row> => ({ kind: "row", row }))] : [head];
  });
}

// While the reader holds the table (points at a row, selects text), rows keep their places and only their content changes.
// What came meanwhile is counted.
export function held<Row>(before: Row[], now: Row[], keyOf: (row: Row) => string): { rows: Row[]; news: number } {
  const fresh = new Map(now.map((row) => [keyOf(row), row]));
  const rows = before.map((row) => {
    const key = keyOf(row);
    const next = fresh.get(key);
    fresh.delete(key);
    return next ?? row;
  });
  return { rows, news: fresh.size };
}
