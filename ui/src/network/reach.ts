// How far from the outside each place is: the column it is drawn in. 0 is the outside, 1 takes connections from it, 2 is
// what those talk to, and so on.
import { outside, type Scene } from "./model";

class Reach {
  readonly columns = new Map<string, number>();
  private readonly targets = new Map<string, string[]>();
  private readonly openers = new Map<string, string[]>();

  constructor(private readonly scene: Scene) {
    for (const { from, to } of scene.arrows) {
      push(this.targets, from, to);
      push(this.openers, to, from);
    }
  }

  spreadFrom(start: string, column: number): void {
    this.columns.set(start, column);
    const queue = [start];
    for (let i = 0; i < queue.length; ++i) {
      const from = queue[i]!;
      // What a host hands on to a container of its own is no further away for it.
      const step = this.scene.places.get(from)?.kind === "host" ? 0 : 1;
      const next = Math.max(1, this.columns.get(from)! + step);
      for (const to of this.targets.get(from) ?? []) {
        if (this.columns.has(to)) continue;
        this.columns.set(to, next);
        queue.push(to);
      }
    }
  }

  // Who only opens connections stands left of what it talks to.
  columnOfOpener(id: string): number {
    const reached = (this.targets.get(id) ?? []).map((to) => this.columns.get(to) ?? 0).filter((column) => column > 0);
    return reached.length > 0 ? Math.max(1, Math.min(...reached) - 1) : 1;
  }

  isRoot(id: string): boolean {
    return this.targets.has(id) && !(this.openers.get(id) ?? []).some((from) => !this.columns.has(from));
  }

  isAlone(id: string): boolean {
    return !this.targets.has(id) && !this.openers.has(id);
  }
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

// Columns by place; those that nobody talks with are not in it.
export function reachOf(scene: Scene): Map<string, number> {
  const reach = new Reach(scene);
  if (scene.places.has(outside)) reach.spreadFrom(outside, 0);
  const left = () => [...scene.places.keys()].filter((id) => !reach.columns.has(id) && !reach.isAlone(id)).sort();
  for (const id of left()) {
    if (!reach.columns.has(id) && reach.isRoot(id)) reach.spreadFrom(id, reach.columnOfOpener(id));
  }
  // What is left goes round in circles.
  for (const id of left()) {
    if (!reach.columns.has(id)) reach.spreadFrom(id, reach.columnOfOpener(id));
  }
  return reach.columns;
}
