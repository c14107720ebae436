// The place that the keyboard is at: arrows go to the next one in their direction, Enter opens it.
import { neighbourTowards, radius } from "./curve";
import type { Layout } from "./layout";

export class Focus {
  place: string | null = null;

  // `changed`: tells that another place has it.
  constructor(private readonly changed: (place: string | null) => void) {}

  // From here, or from `start` where nothing has the focus yet.
  step(layout: Layout, start: string | null, dx: number, dy: number): void {
    const from = this.place ?? start;
    const next = from && layout.at.has(from) ? neighbourTowards(layout, from, dx, dy) : firstOf(layout);
    if (next) this.set(next);
  }

  set(place: string | null): void {
    if (place === this.place) return;
    this.place = place;
    this.changed(place);
  }

  // A place that is no longer drawn cannot have it.
  keepWithin(layout: Layout): void {
    if (this.place && !layout.at.has(this.place)) this.set(null);
  }
}

// The one at the left, and of those the one at the top.
function firstOf(layout: Layout): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, at] of layout.at) if (at.x + at.y / radius < least) [best, least] = [id, at.x + at.y / radius];
  return best;
}
