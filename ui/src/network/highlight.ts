// What stays when the rest grows faint: around the pointer, else the path of an attack, else what was searched for.
import { curveOf, type Hit, shortened } from "./curve";
import type { Layout } from "./layout";
import type { Arrow, Scene } from "./model";
import type { PathLeg } from "./pen";

export interface PathStep {
  place: string;
  edge: number; // probability of the step into it
}

// Ids of places and arrows; null: all of them.
export function nearOf(
  scene: Scene,
  at: Hit,
  path: PathStep[],
  marked: ReadonlySet<string> | null,
): Set<string> | null {
  if (at) return around(scene, "arrow" in at ? at.arrow : at.place);
  if (path.length > 1) return along(path);
  return marked ? new Set(marked) : null;
}

function around(scene: Scene, id: string): Set<string> {
  const near = new Set([id]);
  for (const arrow of scene.arrows) {
    if (arrow.from !== id && arrow.to !== id && arrow.id !== id) continue;
    for (const each of [arrow.id, arrow.from, arrow.to]) near.add(each);
  }
  return near;
}

const along = (path: PathStep[]): Set<string> =>
  new Set(path.flatMap(({ place }, i) => (i === 0 ? [place] : [place, `${path[i - 1]!.place} > ${place}`])));

const ringsWidth = 9; // around what a leg leads to

export function legsOf(path: PathStep[], layout: Layout): PathLeg[] {
  const out: PathLeg[] = [];
  for (let i = 1; i < path.length; ++i) {
    const [from, to] = [path[i - 1]!.place, path[i]!.place];
    if (from === to) continue;
    const curve = curveOf({ from, to } as Arrow, layout);
    if (curve) out.push({ curve: shortened(curve, ringsWidth), edge: path[i]!.edge });
  }
  return out;
}
