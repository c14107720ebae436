// Which arrows are labelled, and where: labels never cover each other or a badge. Those with a detection go first, then
// those that carry most.
import { type Curve, pointOn, radius } from "./curve";
import type { Layout } from "./layout";
import { type Arrow, labelOf } from "./model";

export interface Label {
  arrow: Arrow;
  text: string;
  x: number; // of the world: its middle
  y: number;
  width: number; // of the screen
}

const height = 16;
const cellSize = 8;

// What is taken of the screen, in squares.
class Taken {
  private readonly cells = new Set<number>();

  // Takes the rectangle unless some of it is taken.
  take(x: number, y: number, width: number, tall: number): boolean {
    const cells = this.cellsOf(x, y, width, tall);
    if (cells.some((cell) => this.cells.has(cell))) return false;
    for (const cell of cells) this.cells.add(cell);
    return true;
  }

  mark(x: number, y: number, width: number, tall: number): void {
    for (const cell of this.cellsOf(x, y, width, tall)) this.cells.add(cell);
  }

  private cellsOf(x: number, y: number, width: number, tall: number): number[] {
    const out: number[] = [];
    for (let cy = Math.floor((y - tall / 2) / cellSize); cy <= Math.floor((y + tall / 2) / cellSize); ++cy)
      for (let cx = Math.floor((x - width / 2) / cellSize); cx <= Math.floor((x + width / 2) / cellSize); ++cx)
        out.push(cy * 1_000_003 + cx);
    return out;
  }
}

const places = [0.5, 0.4, 0.6, 0.3, 0.7];

export function labelsOf(
  arrows: Arrow[],
  curves: Map<string, Curve>,
  layout: Layout,
  k: number,
  measure: (text: string) => number,
): Label[] {
  const taken = new Taken();
  for (const at of layout.at.values()) {
    taken.mark(at.x * k, at.y * k, radius * 2 * k + 6, radius * 2 * k + 4);
    taken.mark(at.x * k, (at.y + radius) * k + 13, 84 * k, 14);
  }
  const out: Label[] = [];
  const sorted = [...arrows].sort(
    (a, b) => b.detections.length - a.detections.length || Number(b.seen) - Number(a.seen) || b.bytes - a.bytes,
  );
  for (const arrow of sorted) {
    const curve = curves.get(arrow.id);
    const text = labelOf(arrow);
    if (!curve || !text) continue;
    const width = measure(text) + 8;
    if (Math.hypot(curve.to.x - curve.from.x, curve.to.y - curve.from.y) * k < width * 0.8) continue;
    for (const t of places) {
      const { x, y } = pointOn(curve, t);
      if (!taken.take(x * k, y * k, width, height)) continue;
      out.push({ arrow, text, x, y, width });
      break;
    }
  }
  return out;
}
