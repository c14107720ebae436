// The line of an arrow: a cubic curve between the rims of two badges, and what is asked of it.
import type { Layout, Point } from "./layout";
import { type Arrow, outside } from "./model";

export const radius = 15; // of a badge

export interface Curve {
  from: Point;
  a: Point;
  b: Point;
  to: Point;
}

const shoreX = 0;

export const pieceOfShore = 54; // how far left of an inland place its own piece of the shore lies

// Arrows of the outside begin and end where the shore is nearest; those there and back are kept apart.
export function curveOf(arrow: Arrow, layout: Pick<Layout, "at" | "inland">): Curve | null {
  const one = layout.at.get(arrow.from);
  const other = layout.at.get(arrow.to);
  const shore = (id: string, at: Point) => (layout.inland.has(id) ? at.x - pieceOfShore : shoreX);
  if (arrow.from === outside) return other ? fromShore(other, shore(arrow.to, other)) : null;
  if (arrow.to === outside) return one ? toShore(one, shore(arrow.from, one)) : null;
  if (!one || !other) return null;
  return between(one, other);
}

function fromShore(place: Point, shore: number): Curve {
  const from = { x: shore, y: place.y - 7 };
  const to = rim(place, from);
  const third = (to.x - from.x) / 3;
  return { from, a: { x: from.x + third, y: from.y }, b: { x: to.x - third, y: to.y }, to };
}

function toShore(place: Point, shore: number): Curve {
  const to = { x: shore + 4, y: place.y + 15 };
  const from = rim(place, { x: place.x - 40, y: place.y + 20 });
  const third = (to.x - from.x) / 3;
  const sag = shore === shoreX ? 16 : 2;
  return { from, a: { x: from.x + third, y: from.y + sag }, b: { x: to.x - third, y: to.y + sag / 4 }, to };
}

// The point of the rim towards another point, a little outside of it.
function rim(of: Point, towards: Point): Point {
  const dx = towards.x - of.x;
  const dy = towards.y - of.y;
  const length = Math.hypot(dx, dy) || 1;
  return { x: of.x + (dx / length) * (radius + 6), y: of.y + (dy / length) * (radius + 6) };
}

function between(one: Point, other: Point): Curve {
  const dx = other.x - one.x;
  const dy = other.y - one.y;
  if (Math.abs(dx) < 4 || Math.abs(dx) < Math.abs(dy) / 4) {
    // One above the other: a bow to the right, wider the further apart they are.
    const bow = Math.min(110, 34 + Math.abs(dy) / 6);
    const a = { x: one.x + bow, y: one.y + dy * 0.2 };
    const b = { x: other.x + bow, y: other.y - dy * 0.2 };
    return { from: rim(one, a), a, b, to: rim(other, b) };
  }
  const pull = Math.max(40, Math.abs(dx) * 0.45) * Math.sign(dx);
  // Backwards goes below, so that there and back are two lines.
  const bend = dx < 0 ? 26 : 0;
  const a = { x: one.x + pull, y: one.y + bend };
  const b = { x: other.x - pull, y: other.y + bend };
  return { from: rim(one, a), a, b, to: rim(other, b) };
}

// Ends so much earlier: what it leads to has rings around it.
export function shortened(curve: Curve, by: number): Curve {
  const angle = headAngle(curve);
  return { ...curve, to: { x: curve.to.x - Math.cos(angle) * by, y: curve.to.y - Math.sin(angle) * by } };
}

export function pointOn({ from, a, b, to }: Curve, t: number): Point {
  const s = 1 - t;
  const mix = (k: "x" | "y") => s * s * s * from[k] + 3 * s * s * t * a[k] + 3 * s * t * t * b[k] + t * t * t * to[k];
  return { x: mix("x"), y: mix("y") };
}

// Where the head points: the direction of the curve at its end.
export function headAngle(curve: Curve): number {
  const before = pointOn(curve, 0.94);
  return Math.atan2(curve.to.y - before.y, curve.to.x - before.x);
}

const samples = 20;

export function distanceTo(curve: Curve, point: Point): number {
  let least = Number.POSITIVE_INFINITY;
  let last = curve.from;
  for (let i = 1; i <= samples; ++i) {
    const next = pointOn(curve, i / samples);
    least = Math.min(least, toSegment(last, next, point));
    last = next;
  }
  return least;
}

function toSegment(p: Point, q: Point, point: Point): number {
  const dx = q.x - p.x;
  const dy = q.y - p.y;
  const t = Math.max(0, Math.min(1, ((point.x - p.x) * dx + (point.y - p.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(p.x + t * dx - point.x, p.y + t * dy - point.y);
}

export type Hit = { place: string } | { arrow: string } | null;

// What is under a point: a badge (with its name below it) before an arrow.
export function hitAt(point: Point, layout: Layout, curves: Map<string, Curve>, slack: number): Hit {
  for (const [id, at] of layout.at) {
    const near = Math.hypot(point.x - at.x, point.y - at.y) <= radius + slack;
    const onName = Math.abs(point.x - at.x) < 48 && point.y > at.y && point.y < at.y + radius + 22;
    if (near || onName) return { place: id };
  }
  let best: Hit = null;
  let least = 3 + slack;
  for (const [id, curve] of curves) {
    if (!mayTouch(curve, point, least)) continue;
    const distance = distanceTo(curve, point);
    if (distance < least) [best, least] = [{ arrow: id }, distance];
  }
  return best;
}

function mayTouch({ from, a, b, to }: Curve, { x, y }: Point, slack: number): boolean {
  return (
    x >= Math.min(from.x, a.x, b.x, to.x) - slack &&
    x <= Math.max(from.x, a.x, b.x, to.x) + slack &&
    y >= Math.min(from.y, a.y, b.y, to.y) - slack &&
    y <= Math.max(from.y, a.y, b.y, to.y) + slack
  );
}

// The place that a key goes to from another: the nearest in that direction, straight ahead before aside.
export function neighbourTowards(layout: Layout, from: string, dx: number, dy: number): string | null {
  const here = layout.at.get(from);
  if (!here) return layout.at.keys().next().value ?? null;
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, at] of layout.at) {
    const ahead = (at.x - here.x) * dx + (at.y - here.y) * dy;
    const aside = Math.abs((at.x - here.x) * dy) + Math.abs((at.y - here.y) * dx);
    if (id === from || ahead < 1) continue;
    const cost = ahead + 2.5 * aside;
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}
