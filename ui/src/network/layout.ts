// Where everything stands. Columns by reach from left to right, the shore of the outside at x = 0; hosts are frames, one
// below the other. What was laid out before keeps its order, so that an update moves only what it must.
import { outside, type Place, type Scene } from "./model";
import { reachOf } from "./reach";

export const cell = { width: 128, height: 76, gap: 84 }; // gap: between columns, where the arrows' labels are
const widestGap = 300; // columns are drawn apart to fill a wide window
const frameHead = 44;
const framePad = 14;
const frameGap = 26;
const shoreGap = 120;

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  id: string;
  name: string;
  width: number;
  height: number;
  host: string; // place whose badge stands in its head; empty: none
}

export interface Layout {
  at: Map<string, Point>; // middle of each badge; not of the outside, which is the whole shore
  frames: Box[];
  width: number;
  height: number;
  rows: number; // how many stand below each other before a column is doubled
  gap: number; // between columns
  nameRoom: number; // for the name below a badge
  order: Map<string, number>; // for the next layout
  columns: Map<string, number>;
  inland: Set<string>; // places with others between them and the shore: they have a piece of it at their side
}

type Column = Place[];
interface Band {
  frame: string;
  host: string;
  columns: Column[]; // by reach, [0] is column 1
}

// The bands: frames in the order they had, new ones after them by name; what has no frame comes first.
function bandsOf(scene: Scene, reach: Map<string, number>, before: Layout | null): Band[] {
  const bands = new Map<string, Band>();
  const band = (frame: string): Band => {
    let found = bands.get(frame);
    if (!found) {
      found = { frame, host: "", columns: [] };
      bands.set(frame, found);
    }
    return found;
  };
  const last = Math.max(1, ...reach.values()) + 1; // of those that nobody talks with
  for (const place of scene.places.values()) {
    if (place.id === outside) continue;
    const into = band(place.frame);
    if (place.kind === "host" && place.frame && !into.host) {
      into.host = place.id;
      continue;
    }
    const column = (reach.get(place.id) ?? last) - 1;
    while (into.columns.length <= column) into.columns.push([]);
    into.columns[column]!.push(place);
  }
  const known = new Map(before?.frames.map((frame, i) => [frame.id, i]));
  const rank = (frame: string) => (frame === "" ? -1 : (known.get(frame) ?? Number.MAX_SAFE_INTEGER));
  const name = (frame: string) => scene.frames.get(frame)?.name ?? "";
  return [...bands.values()].sort((a, b) => rank(a.frame) - rank(b.frame) || compare(name(a.frame), name(b.frame)));
}

const compare = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

// Neighbours of each place, without the outside.
function neighboursOf(scene: Scene): Map<string, string[]> {
  const out = new Map<string, string[]>();
  const add = (one: string, other: string) => {
    if (other === outside) return;
    const list = out.get(one);
    if (list) list.push(other);
    else out.set(one, [other]);
  };
  for (const { from, to } of scene.arrows) {
    add(from, to);
    add(to, from);
  }
  return out;
}

// Orders the places of each column so that arrows cross little: each is drawn to the mean of its neighbours. Those known
// from before keep their order among themselves; a new one goes where its neighbours are.
function orderColumns(bands: Band[], neighbours: Map<string, string[]>, before: Layout | null): void {
  const position = new Map<string, number>();
  const number = () => {
    for (const column of bands.flatMap((band) => band.columns))
      for (const [i, place] of column.entries()) position.set(place.id, i);
  };
  const mean = (place: Place): number => {
    const ys = (neighbours.get(place.id) ?? []).map((id) => position.get(id)).filter((y) => y !== undefined);
    return ys.length > 0 ? ys.reduce((sum, y) => sum + y, 0) / ys.length : (position.get(place.id) ?? 0);
  };
  const columns = bands.flatMap((band) => band.columns);
  for (const column of columns) column.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  number();
  const sweeps = before ? 1 : 4;
  for (let sweep = 0; sweep < sweeps; ++sweep) {
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const means = new Map(column.map((place) => [place.id, mean(place)]));
      column.sort((a, b) => means.get(a.id)! - means.get(b.id)!);
    }
    number();
  }
  if (!before) return;
  for (const column of columns) keepOrder(column, before.order);
}

function keepOrder(column: Column, order: Map<string, number>): void {
  const fresh = column.map((place, i) => ({ place, i })).filter(({ place }) => !order.has(place.id));
  const known = column.filter((place) => order.has(place.id)).sort((a, b) => order.get(a.id)! - order.get(b.id)!);
  column.splice(0, column.length, ...known);
  for (const { place, i } of fresh) column.splice(Math.min(i, column.length), 0, place);
}

const doubled = (column: Column, rows: number): number => Math.max(1, Math.ceil(column.length / rows));

// Width of each column over all bands, in cells.
function cellsOf(bands: Band[], rows: number): number[] {
  const cells: number[] = [];
  for (const band of bands) {
    band.columns.forEach((column, i) => {
      cells[i] = Math.max(cells[i] ?? 0, column.length > 0 ? doubled(column, rows) : 0);
    });
  }
  return cells;
}

const heightOf = (band: Band, rows: number): number => {
  const tallest = Math.max(0, ...band.columns.map((column) => Math.min(column.length, rows)));
  const head = band.frame ? frameHead + framePad : 0;
  return head + Math.max(tallest * cell.height, band.frame && tallest === 0 ? 8 : 0);
};

function sizeFor(bands: Band[], rows: number): { width: number; height: number } {
  const width = cellsOf(bands, rows).reduce((sum, n) => sum + (n > 0 ? n * cell.width + cell.gap : 0), shoreGap);
  const height = bands.reduce((sum, band) => sum + heightOf(band, rows) + frameGap, 0);
  return { width, height };
}

// The number of rows that comes nearest to the shape of the window. One that was good before is kept while it is not bad.
function rowsFor(bands: Band[], aspect: number, before: Layout | null): number {
  const misfit = (rows: number) => {
    const { width, height } = sizeFor(bands, rows);
    return Math.abs(Math.log(width / height / aspect));
  };
  const tallest = Math.max(1, ...bands.flatMap((band) => band.columns.map((column) => column.length)));
  let best = Math.min(tallest, 4);
  for (let rows = best + 1; rows <= Math.min(tallest, 60); ++rows) if (misfit(rows) < misfit(best) - 0.01) best = rows;
  if (before && before.rows <= tallest && misfit(before.rows) < misfit(best) + 0.5) return before.rows;
  return best;
}

// As wide as fills the window; one that was good before is kept while it is not bad.
function gapFor(bands: Band[], rows: number, aspect: number, before: Layout | null): number {
  const { width, height } = sizeFor(bands, rows);
  const columns = cellsOf(bands, rows).filter((n) => n > 0).length;
  const wanted = cell.gap + (height * aspect - width) / Math.max(1, columns);
  const gap = Math.round(Math.min(widestGap, Math.max(cell.gap, wanted)));
  return before && Math.abs(before.gap - gap) < 60 ? before.gap : gap;
}

function xsOf(cells: number[], gap: number): number[] {
  const xs: number[] = [];
  let x = shoreGap;
  for (const n of cells) {
    xs.push(x);
    if (n > 0) x += n * cell.width + gap;
  }
  return xs;
}

function placeBand(band: Band, y: number, xs: number[], rows: number, layout: Layout): void {
  const top = y + (band.frame ? frameHead : 0);
  const tallest = Math.max(0, ...band.columns.map((column) => Math.min(column.length, rows)));
  band.columns.forEach((column, c) => {
    const high = Math.min(column.length, rows);
    const wide = doubled(column, rows);
    const inset = ((tallest - Math.ceil(column.length / wide)) * cell.height) / 2; // short columns stand in the middle
    const each = Math.ceil(column.length / wide);
    column.forEach((place, i) => {
      const across = Math.floor(i / (wide > 1 ? each : high));
      const down = i % (wide > 1 ? each : high);
      if (across > 0) layout.inland.add(place.id);
      layout.at.set(place.id, {
        x: xs[c]! + (across + 0.5) * cell.width,
        y: top + inset + down * cell.height + cell.height / 2 - 12,
      });
    });
  });
}

function frameOf(band: Band, scene: Scene, y: number, xs: number[], rows: number, nameRoom: number): Box {
  const pad = framePad + Math.max(0, (nameRoom - cell.width) / 2); // names may be wider than their cell
  const first = band.columns.findIndex((column) => column.length > 0);
  const last = band.columns.length - 1;
  const left = xs[Math.max(first, 0)] ?? shoreGap;
  const right = last >= 0 && first >= 0 ? xs[last]! + doubled(band.columns[last]!, rows) * cell.width : left;
  return {
    id: band.frame,
    name: scene.frames.get(band.frame)?.name ?? "",
    x: left - pad,
    y,
    width: Math.max(right - left, cell.width * 1.6) + 2 * pad,
    height: heightOf(band, rows),
    host: band.host,
  };
}

// `aspect`: width by height of the window.
export function layoutOf(scene: Scene, aspect: number, before: Layout | null): Layout {
  const columns = reachOf(scene);
  const bands = bandsOf(scene, columns, before);
  orderColumns(bands, neighboursOf(scene), before);
  const rows = rowsFor(bands, aspect, before);
  const gap = gapFor(bands, rows, aspect, before);
  const xs = xsOf(cellsOf(bands, rows), gap);
  const layout: Layout = {
    at: new Map(),
    frames: [],
    width: 0,
    height: 0,
    rows,
    gap,
    nameRoom: cell.width - 6,
    order: new Map(),
    columns,
    inland: new Set(),
  };
  // Next to a doubled column stands another at once.
  if (bands.every((band) => band.columns.every((column) => doubled(column, rows) === 1))) layout.nameRoom += gap * 0.5;
  let y = 0;
  for (const band of bands) {
    placeBand(band, y, xs, rows, layout);
    if (band.frame) {
      const frame = frameOf(band, scene, y, xs, rows, layout.nameRoom);
      layout.frames.push(frame);
      if (band.host) layout.at.set(band.host, { x: frame.x + 26, y: y + 24 });
      layout.width = Math.max(layout.width, frame.x + frame.width);
    }
    y += heightOf(band, rows) + frameGap;
    for (const column of band.columns) for (const [i, place] of column.entries()) layout.order.set(place.id, i);
  }
  for (const { x } of layout.at.values()) layout.width = Math.max(layout.width, x + cell.width / 2);
  layout.height = Math.max(0, y - frameGap);
  return layout;
}
