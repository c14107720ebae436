// What a service that sees this network (nodes, others, edges as rows) answers to GET /api/v1/graph/columns.
export function columnsOf({ nodes, others, edges, detections, cut }) {
  const texts = [];
  const textOf = (text) => {
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const column = (rows, name, of = (value) => value) => rows.map((row) => of(row[name]));
  const known = [...nodes.map((node) => node.id), ...others];
  const gone = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))].filter((id) => !known.includes(id));
  const ends = new Map([...known, ...gone].map((id, i) => [id, i]));
  return {
    nodes: {
      ...Object.fromEntries(["id", "name", "score", "not_assessed"].map((name) => [name, column(nodes, name)])),
      ...Object.fromEntries(["kind", "node", "image", "level"].map((name) => [name, column(nodes, name, textOf)])),
      namespace: column(nodes, "namespace", (name) => textOf(name ?? "")),
      project: column(nodes, "project", (name) => textOf(name ?? "")),
      networks: nodes.map((_, i) => i),
      answers: nodes.filter((node) => node.responses.length > 0).map(({ id, responses }) => ({ id, responses })),
    },
    others,
    gone,
    edges: {
      from: column(edges, "from", (id) => ends.get(id)),
      to: column(edges, "to", (id) => ends.get(id)),
      protocol: column(edges, "protocol", textOf),
      connections: column(edges, "connections"),
      bytes: column(edges, "bytes"),
      seen: column(edges, "seen", Number),
      age: edges.map(() => 30),
    },
    network_lists: column(nodes, "networks"),
    texts,
    detections,
    since: "2026-01-01T00:00:00Z",
    until: "2026-01-02T00:00:00Z",
    cut,
  };
}
