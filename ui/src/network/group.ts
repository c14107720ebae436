// Which assets are drawn as one. Over `most` places the view groups by itself, by the finest grouping that keeps below it;
// a group opens into the next finer one.
import { entryOf } from "../parts/map";
import { type Grouping, groupings, keysBy, type Words, wordsOf } from "./grouping";
import type { Arrow, Detection, Frame, Graph, GraphAsset, Place, Scene } from "./model";
import { addressOf, joinTalks, outside } from "./model";

const most = 300;
const mostFrames = 24;
const mostAddresses = 12; // more other machines than this are one place
const opensAtOnce = 40; // a group with no more members opens into single ones

// What the view chooses among by itself, the finest first.
const byItself: Grouping[] = ["none", "image-node", "namespace", "project", "node", "image"];

// Into what a group of each kind opens.
const chains: Record<Grouping, Grouping[]> = {
  none: [],
  "image-node": ["image-node"],
  network: ["network"],
  namespace: ["namespace"],
  project: ["project"],
  node: ["node", "image-node"],
  image: ["image", "image-node"],
};

class Groups {
  private readonly sizes = new Map<string, number>();
  private readonly chain: { by: Grouping; keyOf: (asset: GraphAsset) => string }[];

  constructor(
    assets: GraphAsset[],
    chain: Grouping[],
    private readonly opened: ReadonlySet<string>,
  ) {
    this.chain = chain.map((by) => ({ by, keyOf: keysBy(by) }));
    for (const asset of assets) {
      for (const { keyOf } of this.chain) {
        const key = keyOf(asset);
        if (key) this.sizes.set(key, (this.sizes.get(key) ?? 0) + 1);
      }
    }
  }

  // Where an asset is drawn: the group, or null for itself; and the outermost opened group around it.
  placeOf(asset: GraphAsset): { key: string | null; by: Grouping; within: { key: string; words: Words } | null } {
    let within: { key: string; words: Words } | null = null;
    for (const { by, keyOf } of this.chain) {
      const key = keyOf(asset);
      const size = this.sizes.get(key) ?? 0;
      if (!key || size < 2) continue;
      if (!this.opened.has(key)) return { key, by, within };
      within ??= { key, words: wordsOf(by, asset) };
      if (size <= opensAtOnce) break;
    }
    return { key: null, by: "none", within };
  }
}

function countOf(assets: GraphAsset[], by: Grouping): { places: number; frames: number } {
  const keyOf = keysBy(by);
  const keys = new Set<string>();
  const frames = new Set<string>();
  let single = 0;
  for (const asset of assets) {
    const key = keyOf(asset);
    if (key) keys.add(key);
    else single += 1;
    if (by === "none" || by === "image-node") frames.add(asset.node);
  }
  return { places: keys.size + single, frames: frames.size };
}

// The finest that keeps the picture small enough to be read; the coarsest of all where none does.
export function groupingFor(graph: Graph): Grouping {
  const assets = drawn(graph);
  let least: Grouping = "none";
  let fewest = Number.POSITIVE_INFINITY;
  for (const by of byItself) {
    const { places, frames } = countOf(assets, by);
    if (places <= most && frames <= mostFrames) return by;
    if (places < fewest) [least, fewest] = [by, places];
  }
  return least;
}

// The groupings that draw two containers as one at least.
export function groupingsOf(graph: Graph): Grouping[] {
  const assets = drawn(graph).filter((asset) => asset.kind !== "host");
  return groupings.filter((by) => by === "none" || countOf(assets, by).places < assets.length);
}

// Images run nowhere: they are drawn only where something is said of them.
function drawn(graph: Graph): GraphAsset[] {
  if (!graph.nodes.some((asset) => asset.kind === "image")) return graph.nodes;
  const named = new Set(graph.edges.flatMap((edge) => [edge.from, edge.to]));
  return graph.nodes.filter((asset) => asset.kind !== "image" || named.has(asset.id));
}

function single(asset: GraphAsset, frame: string): Place {
  return {
    id: asset.id,
    kind: asset.kind === "host" ? "host" : "container",
    name: asset.name,
    under: "",
    frame,
    score: asset.score,
    level: asset.level,
    assessed: asset.not_assessed === 0,
    members: [asset.id],
    detections: 0,
    responses: [...asset.responses],
  };
}

function addTo(group: Place, asset: GraphAsset): void {
  group.members.push(asset.id);
  group.responses.push(...asset.responses);
  group.assessed &&= asset.not_assessed === 0;
  if (asset.score > group.score) {
    group.score = asset.score;
    group.level = asset.level;
  }
}

function other(id: string, name: string, members: string[]): Place {
  const kind = id === outside ? "outside" : "address";
  return {
    id,
    kind,
    name,
    under: "",
    frame: "",
    score: 0,
    level: "minimal",
    assessed: true,
    members,
    detections: 0,
    responses: [],
  };
}

class Builder {
  readonly scene: Scene = { places: new Map(), arrows: [], frames: new Map(), placeOf: new Map(), inner: 0 };
  private readonly arrows = new Map<string, Map<string, Arrow>>(); // by their ends

  addAssets(assets: GraphAsset[], by: Grouping, opened: ReadonlySet<string>): void {
    const groups = new Groups(assets, chains[by], opened);
    const byNode = by === "none" || by === "image-node";
    for (const asset of assets) {
      const { key, by: level, within } = groups.placeOf(asset);
      const frame = byNode
        ? this.frame(`node=${asset.node}`, asset.node)
        : within
          ? this.frame(within.key, within.words.name)
          : "";
      const id = key ?? asset.id;
      const known = this.scene.places.get(id);
      if (known) addTo(known, asset);
      else if (key) this.scene.places.set(id, { ...single(asset, frame), ...wordsOf(level, asset), id, kind: "group" });
      else this.scene.places.set(id, single(asset, frame));
      this.scene.placeOf.set(asset.id, id);
    }
  }

  addOthers(others: string[], opened: ReadonlySet<string>): void {
    const addresses = others.filter((id) => id !== outside);
    const key = "addresses";
    const asOne = addresses.length > mostAddresses && !opened.has(key);
    for (const id of others) {
      if (id === outside) this.put(other(outside, "Outside", [outside]), id);
      else if (!asOne) this.put(other(id, addressOf(id), [id]), id);
    }
    if (!asOne) return;
    const place = other(key, `${addresses.length} other machines`, addresses);
    for (const id of addresses) this.put(place, id);
  }

  addArrows(graph: Graph): void {
    for (const edge of graph.edges) {
      const arrow = this.arrow(edge.from, edge.to);
      if (!arrow) continue;
      joinTalks(arrow.talks, edge);
      arrow.bytes += edge.bytes;
      arrow.connections += edge.connections;
      arrow.seen ||= edge.seen;
    }
    for (const detection of graph.detections ?? []) this.addDetection(detection);
    for (const arrow of [...this.arrows.values()].flatMap((to) => [...to.values()])) {
      arrow.talks.sort(
        (a, b) => Number(b.seen) - Number(a.seen) || b.bytes - a.bytes || (a.protocol < b.protocol ? -1 : 1),
      );
      this.scene.arrows.push(arrow);
    }
  }

  private addDetection(detection: Detection): void {
    this.arrow(detection.from, detection.to)?.detections.push(detection);
    const ends = new Set([this.scene.placeOf.get(detection.from), this.scene.placeOf.get(detection.to)]);
    for (const end of ends) {
      const place = end && this.scene.places.get(end);
      if (place && place.kind !== "outside") place.detections += 1;
    }
  }

  // Null where both ends are in one place, or one is not known.
  private arrow(fromId: string, toId: string): Arrow | null {
    const from = this.scene.placeOf.get(fromId);
    const to = this.scene.placeOf.get(toId);
    if (!from || !to) return null;
    if (from === to) {
      this.scene.inner += 1;
      return null;
    }
    const known = entryOf(this.arrows, from, () => new Map<string, Arrow>());
    return entryOf(known, to, () => ({
      id: `${from} > ${to}`,
      from,
      to,
      talks: [],
      bytes: 0,
      connections: 0,
      seen: false,
      detections: [],
    }));
  }

  private put(place: Place, member: string): void {
    this.scene.places.set(place.id, place);
    this.scene.placeOf.set(member, place.id);
  }

  private frame(id: string, name: string): string {
    if (!this.scene.frames.has(id)) this.scene.frames.set(id, { id, name } satisfies Frame);
    return id;
  }
}

// `opened`: keys of the groups that are shown as their members.
export function sceneOf(graph: Graph, by: Grouping, opened: ReadonlySet<string>): Scene {
  const builder = new Builder();
  builder.addAssets(drawn(graph), by, opened);
  const others = new Set(graph.others);
  for (const { from, to } of graph.detections ?? []) {
    for (const end of [from, to]) if (end === outside || end.startsWith("address:")) others.add(end);
  }
  builder.addOthers([...others].sort(), opened);
  builder.addArrows(graph);
  return builder.scene;
}
