// The rows of the table: each arrow between single assets, as the server told it.
import { entryOf } from "../parts/map";
import type { Detection, Graph, GraphAsset, GraphEdge } from "./model";
import { addressOf, outside } from "./model";

export interface End {
  id: string;
  name: string;
  asset: GraphAsset | null;
}

export interface ArrowRow {
  id: string;
  from: End;
  to: End;
  protocol: string;
  bytes: number;
  connections: number;
  seen: boolean;
  last: string | null;
  detections: Detection[];
}

export const pairOf = (from: string, to: string): string => `${from} > ${to}`;

const nothing: Detection[] = [];

// A row of an arrow. What few of many thousand rows are asked for is made when it is.
class EdgeRow implements ArrowRow {
  readonly protocol: string;
  readonly bytes: number;
  readonly connections: number;
  readonly seen: boolean;
  private name = ""; // the id, once it was asked for: sorting asks often

  constructor(
    private readonly edge: GraphEdge,
    readonly from: End,
    readonly to: End,
    readonly detections: Detection[],
  ) {
    this.protocol = edge.protocol;
    this.bytes = edge.bytes;
    this.connections = edge.connections;
    this.seen = edge.seen;
  }
  get id(): string {
    if (!this.name) this.name = `${pairOf(this.edge.from, this.edge.to)} ${this.edge.protocol} ${this.edge.seen}`;
    return this.name;
  }
  get last(): string | null {
    return this.edge.last_seen ? new Date(this.edge.last_seen * 1000).toISOString() : null;
  }
}

function detectionsByPair(graph: Graph): Map<string, Detection[]> {
  const out = new Map<string, Detection[]>();
  for (const detection of graph.detections ?? [])
    entryOf(out, pairOf(detection.from, detection.to), () => []).push(detection);
  return out;
}

// Most traffic first.
export function rowsOf(graph: Graph): ArrowRow[] {
  const assets = new Map(graph.nodes.map((asset) => [asset.id, asset]));
  const ends = new Map<string, End>();
  const end = (id: string): End =>
    entryOf(ends, id, () => {
      const asset = assets.get(id) ?? null;
      return { id, asset, name: asset?.name ?? (id === outside ? "Outside" : addressOf(id)) };
    });
  const detected = detectionsByPair(graph);
  const alone = new Map(detected); // where no connection is known
  const rows = graph.edges.map((edge): ArrowRow => {
    const pair = detected.size > 0 ? pairOf(edge.from, edge.to) : "";
    alone.delete(pair);
    return new EdgeRow(edge, end(edge.from), end(edge.to), detected.get(pair) ?? nothing);
  });
  for (const [pair, detections] of alone) {
    const first = detections[0]!;
    rows.push({
      id: pair,
      from: end(first.from),
      to: end(first.to),
      protocol: "",
      bytes: 0,
      connections: 0,
      seen: true,
      last: first.last_seen,
      detections,
    });
  }
  return rows.sort((a, b) => Number(b.seen) - Number(a.seen) || b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
}
