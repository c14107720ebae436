// The answer of GET /api/v1/graph/columns as the rows that the view works with. Numbers stand for texts; arrows name their
// ends by their places among nodes, others and gone.
import type { components } from "../api/schema.gen";
import type { OpenResponse } from "../api/types";
import type { Level } from "../theme/palette";
import type { Detection, Graph, GraphAsset, GraphEdge } from "./model";

export type GraphColumns = components["schemas"]["GraphColumns"];

const none: OpenResponse[] = [];

function assetsOf({ nodes, network_lists, texts }: GraphColumns): GraphAsset[] {
  const responses = new Map(nodes.answers.map((each) => [each.id, each.responses as OpenResponse[]]));
  return nodes.id.map((id, i) => ({
    id,
    kind: texts[nodes.kind[i]!] as GraphAsset["kind"],
    name: nodes.name[i]!,
    node: texts[nodes.node[i]!]!,
    image: texts[nodes.image[i]!]!,
    score: nodes.score[i]!,
    level: texts[nodes.level[i]!] as Level,
    not_assessed: nodes.not_assessed[i]!,
    namespace: texts[nodes.namespace[i]!]!,
    project: texts[nodes.project[i]!]!,
    networks: network_lists[nodes.networks[i]!] ?? null,
    responses: responses.get(id) ?? none,
  }));
}

function edgesOf({ nodes, others, gone, edges, texts, until }: GraphColumns): GraphEdge[] {
  const end = Date.parse(until) / 1000;
  const ends = [...nodes.id, ...others, ...gone];
  return edges.from.map((from, i) => ({
    from: ends[from]!,
    to: ends[edges.to[i]!]!,
    protocol: texts[edges.protocol[i]!]!,
    connections: edges.connections[i]!,
    bytes: edges.bytes[i]!,
    seen: edges.seen[i] === 1,
    last_seen: end - edges.age[i]!,
  }));
}

export const graphOf = (columns: GraphColumns): Graph => ({
  nodes: assetsOf(columns),
  others: columns.others,
  edges: edgesOf(columns),
  detections: columns.detections as Detection[],
  cut: columns.cut,
  prepared: columns.prepared,
});
