// The graph in words, for those who do not see the picture and for those who want it short.
import { plural } from "../parts/format";
import { type Graph, outside } from "./model";

export interface Summary {
  counts: string;
  exposed: string[]; // names of those that take connections from the outside
  detections: number;
}

export function summaryOf(graph: Graph): Summary {
  const names = new Map(graph.nodes.map((asset) => [asset.id, asset.name]));
  const containers = graph.nodes.filter((asset) => asset.kind === "container").length;
  const hosts = graph.nodes.filter((asset) => asset.kind === "host").length;
  const seen = graph.edges.filter((edge) => edge.seen).length;
  const exposed = new Set(
    graph.edges.filter((edge) => edge.seen && edge.from === outside).map((edge) => names.get(edge.to) ?? edge.to),
  );
  const possible = graph.edges.length - seen;
  return {
    counts: `${plural(containers, "container")} on ${plural(hosts, "node")}, ${plural(seen, "connection")} seen${possible > 0 ? `, ${possible} more possible` : ""}`,
    exposed: [...exposed].sort(),
    detections: graph.detections?.length ?? 0,
  };
}

export function sentenceOf({ counts, exposed, detections }: Summary): string {
  const named = exposed.slice(0, 5).join(", ") + (exposed.length > 5 ? ` and ${exposed.length - 5} more` : "");
  const taken = exposed.length > 0 ? ` From outside reached: ${named}.` : " Nothing was reached from outside.";
  const attacks = detections > 0 ? ` ${plural(detections, "attack")} detected.` : " No attack detected.";
  return `${counts}.${taken}${attacks}`;
}
