// What assets can be grouped by, which group each is in, and how a group is called.
import { entryOf } from "../parts/map";
import type { GraphAsset } from "./model";

export const groupings = ["none", "image-node", "node", "image", "network", "namespace", "project"] as const;
export type Grouping = (typeof groupings)[number];

export const groupingWords: Record<Grouping, string> = {
  none: "nothing",
  "image-node": "image within node",
  node: "node",
  image: "image",
  network: "network",
  namespace: "namespace",
  project: "Compose project",
};

export interface Words {
  name: string;
  under: string; // a second line
}

// By what the name of a group goes, where hosts stand together beside the groups; empty: the asset is in no group.
type Shared = Exclude<Grouping, "none" | "node" | "image-node">;
const namesOf: Record<Shared, (asset: GraphAsset) => string> = {
  image: (asset) => asset.image,
  // On several at once: a group of its own. Where the networks are not known, none is claimed.
  network: (asset) => [...(asset.networks ?? [])].sort().join(", "),
  namespace: (asset) => asset.namespace,
  project: (asset) => asset.project,
};

const hosts = "hosts";

// The key of the group that an asset is in; empty: it stands for itself.
export function keyOf(asset: GraphAsset, by: Grouping): string {
  if (by === "none") return "";
  if (by === "node") return `node=${asset.node}`;
  if (by === "image-node") return asset.kind === "host" ? "" : asset.image && `node=${asset.node} image=${asset.image}`;
  if (asset.kind === "host") return hosts;
  const name = namesOf[by](asset);
  return name && `${by}=${name}`;
}

// keyOf for many assets: those of one group get the very same text, so that counting by it costs little.
export function keysBy(by: Grouping): (asset: GraphAsset) => string {
  const known = new Map<unknown, Map<string, string>>();
  return (asset) => {
    if (by === "none" || asset.kind === "host") return keyOf(asset, by);
    const [outer, inner] =
      by === "network" ? [asset.networks, ""] : by === "image-node" ? [asset.node, asset.image] : ["", asset[by]];
    const keys = entryOf(known, outer, () => new Map<string, string>());
    return entryOf(keys, inner, () => keyOf(asset, by));
  };
}

const lastPart = (image: string): string => image.split("/").at(-1) ?? image;

export function wordsOf(by: Grouping, asset: GraphAsset): Words {
  if (by === "none") return { name: asset.name, under: "" };
  if (by === "node") return { name: asset.node, under: "" };
  if (by === "image-node") return { name: lastPart(asset.image), under: asset.node };
  if (asset.kind === "host") return { name: hosts, under: "" };
  const name = namesOf[by](asset);
  return by === "image" ? { name: lastPart(name), under: name } : { name, under: "" };
}

// Whether an asset is a member of the group with this key, whichever way it is grouped.
export const isIn = (asset: GraphAsset, key: string): boolean =>
  groupings.some((by) => key !== "" && keyOf(asset, by) === key);

// How a group is called by its key alone; undefined: it is no key of a group.
export function nameOfKey(key: string): string | undefined {
  if (key === hosts) return hosts;
  if (key === "addresses") return "other machines";
  const both = /^node=(.*) image=(.*)$/.exec(key);
  if (both) return `${lastPart(both[2]!)} on ${both[1]}`;
  const one = /^(node|image|network|namespace|project)=(.*)$/.exec(key);
  if (!one) return undefined;
  return one[1] === "image" ? lastPart(one[2]!) : one[2];
}
