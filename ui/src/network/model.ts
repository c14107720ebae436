// What the network view draws: places (assets, groups of them, other machines, the outside) and arrows between them, made
// from one answer of the server (columns.ts).
import type { OpenResponse } from "../api/types";
import type { Level } from "../theme/palette";

export interface GraphAsset {
  id: string;
  kind: "host" | "container" | "image";
  name: string;
  node: string;
  image: string;
  score: number;
  level: Level;
  not_assessed: number;
  namespace: string; // of Kubernetes; empty: none
  project: string; // of Compose; empty: none
  responses: OpenResponse[];
  networks: string[] | null; // null: not known
}

export interface GraphEdge {
  from: string;
  to: string;
  protocol: string;
  connections: number;
  bytes: number;
  seen: boolean; // false: only possible, by a shared network and a listening port
  last_seen?: number; // seconds since 1970
}

export interface Detection {
  detector: string;
  severity: string;
  title: string;
  evidence: string;
  from: string;
  to: string;
  count: number;
  last_seen: string | null;
}

export interface Graph {
  nodes: GraphAsset[];
  others: string[]; // "outside", or "address:ADDRESS"
  edges: GraphEdge[];
  detections?: Detection[];
  cut: boolean; // more flows than the answer may hold
  prepared: boolean; // worked out before it was asked for: what is newer comes behind it
}

export const outside = "outside";

export type PlaceKind = "outside" | "host" | "container" | "address" | "group";

export interface Place {
  id: string; // of the asset; "address:..."; of a group its key
  kind: PlaceKind;
  name: string;
  under: string; // a second line: the image of a group, its node
  frame: string; // the frame it stands in; empty: none
  score: number; // of a group: the worst in it
  level: Level;
  assessed: boolean; // all of it was
  members: string[]; // ids; one, unless it is a group
  detections: number; // that concern a member
  responses: OpenResponse[]; // in force on a member, or waiting
}

export interface Talk {
  protocol: string;
  bytes: number;
  connections: number;
  seen: boolean;
}

export interface Arrow {
  id: string;
  from: string; // who opened the connections
  to: string;
  talks: Talk[]; // most bytes first, those only possible last
  bytes: number;
  connections: number;
  seen: boolean; // at least one talk was
  detections: Detection[];
}

export interface Frame {
  id: string;
  name: string;
}

export interface Scene {
  places: Map<string, Place>;
  arrows: Arrow[];
  frames: Map<string, Frame>;
  placeOf: Map<string, string>; // id of an asset or other end -> the place that shows it
  inner: number; // arrows inside a group, which are not drawn
}

export const addressOf = (id: string): string => (id.startsWith("address:") ? id.slice("address:".length) : id);

// What is written at an arrow: its protocols, at most two.
export function labelOf(arrow: Arrow): string {
  const names = [...new Set(arrow.talks.map((talk) => talk.protocol))];
  const shown = names.slice(0, 2).join(", ");
  return names.length > 2 ? `${shown} +${names.length - 2}` : shown;
}

// 1 to 6 units wide, by the logarithm of what was carried: 10 kB is thin, 10 GB are thick.
export function widthOf(bytes: number): number {
  const decades = Math.log10(Math.max(bytes, 1)) - 4;
  return 1.25 + Math.min(6, Math.max(0, decades)) * 0.8;
}

export function joinTalks(talks: Talk[], edge: GraphEdge): void {
  const known = talks.find((talk) => talk.protocol === edge.protocol && talk.seen === edge.seen);
  if (known) {
    known.bytes += edge.bytes;
    known.connections += edge.connections;
  } else {
    talks.push({ protocol: edge.protocol, bytes: edge.bytes, connections: edge.connections, seen: edge.seen });
  }
}
