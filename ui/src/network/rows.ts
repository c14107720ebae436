// The rows of the table: each arrow between single assets, as the server told it.
import type { Detection, Graph, GraphAsset } from "./model";
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

// Most traffic first.
export function rowsOf(graph: Graph): ArrowRow[] {
  const assets = new Map(graph.nodes.map((asset) => [asset.id, asset]));
  const end = (id: string): End => {
    const asset = assets.get(id) ?? null;
    return { id, asset, name: asset?.name ?? (id === outside ? "Outside" : addressOf(id)) };
  };
  const detected = new Map<string, Detection[]>();
  for (const detection of graph.detections ?? []) {
    const pair = pairOf(detection.from, detection.to);
    const list = detected.get(pair);
    if (list) list.push(detection);
    else detected.set(pair, [detection]);
  }
  const rows = graph.edges.map((edge): ArrowRow => {
    const pair = pairOf(edge.from, edge.to);
    return {
      id: `${pair} ${edge.protocol} ${edge.seen}`,
      from: end(edge.from),
      to: end(edge.to),
      protocol: edge.protocol,
      bytes: edge.bytes,
      connections: edge.connections,
      seen: edge.seen,
      last: edge.last_seen ?? null,
      detections: detected.get(pair) ?? [],
    };
  });
  // What was detected where no connection is known stands in a row of its own.
  const pairs = new Set(graph.edges.map((edge) => pairOf(edge.from, edge.to)));
  for (const [pair, detections] of detected) {
    const first = detections[0]!;
    if (pairs.has(pair)) continue;
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
