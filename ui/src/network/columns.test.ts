import { expect, it } from "vitest";
import { type GraphColumns, graphOf } from "./columns";

const columns: GraphColumns = {
  nodes: {
    id: ["host:one", "docker:a"],
    name: ["one", "a"],
    kind: [0, 1],
    node: [2, 2],
    image: [3, 4],
    level: [5, 5],
    namespace: [3, 6],
    project: [3, 3],
    score: [10, 55],
    not_assessed: [0, 2],
    networks: [0, 1],
    answers: [{ id: "docker:a", responses: [{ id: "r", phase: "verified", what: "paused" }] }],
  },
  others: ["outside"],
  gone: ["docker:b"],
  edges: {
    from: [2, 1],
    to: [1, 3],
    protocol: [7, 8],
    connections: [3, 0],
    bytes: [500, 0],
    seen: [1, 0],
    age: [60, 0],
  },
  network_lists: [null, ["front"]],
  texts: ["host", "container", "one", "", "app:1", "medium", "shop", "HTTP", "Redis"],
  detections: [],
  since: "2026-01-01T00:00:00Z",
  until: "2026-01-02T00:00:00Z",
  cut: true,
  prepared: false,
};

it("makes rows of columns", () => {
  const graph = graphOf(columns);
  expect(graph.nodes[0]).toEqual({
    id: "host:one",
    kind: "host",
    name: "one",
    node: "one",
    image: "",
    score: 10,
    level: "medium",
    not_assessed: 0,
    namespace: "",
    project: "",
    networks: null,
    responses: [],
  });
  expect(graph.nodes[1]).toMatchObject({ image: "app:1", namespace: "shop", networks: ["front"], not_assessed: 2 });
  expect(graph.nodes[1]!.responses.map((each) => each.id)).toEqual(["r"]);
  expect(graph.edges).toEqual([
    {
      from: "outside",
      to: "docker:a",
      protocol: "HTTP",
      connections: 3,
      bytes: 500,
      seen: true,
      last_seen: Date.parse("2026-01-02T00:00:00Z") / 1000 - 60,
    },
    {
      from: "docker:a",
      to: "docker:b",
      protocol: "Redis",
      connections: 0,
      bytes: 0,
      seen: false,
      last_seen: Date.parse("2026-01-02T00:00:00Z") / 1000,
    },
  ]);
  expect([graph.others, graph.cut]).toEqual([["outside"], true]);
});
