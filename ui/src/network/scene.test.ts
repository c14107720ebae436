import { describe, expect, it } from "vitest";
import { curveOf, distanceTo, hitAt, neighbourTowards, pointOn } from "./curve";
import { groupingFor, groupingsOf, sceneOf } from "./group";
import { isIn, nameOfKey } from "./grouping";
import { cell, type Layout, layoutOf } from "./layout";
import { type Graph, type GraphAsset, type GraphEdge, labelOf, widthOf } from "./model";
import { reachOf } from "./reach";

const asset = (name: string, more: Partial<GraphAsset> = {}): GraphAsset => ({
  id: `docker:${name}`,
  kind: "container",
  name,
  node: "one",
  image: `${name}:1`,
  score: 50,
  level: "medium",
  not_assessed: 0,
  namespace: "",
  project: "",
  responses: [],
  networks: null,
  ...more,
});
const host = (name: string): GraphAsset => asset(name, { id: `host:${name}`, kind: "host", node: name, image: "" });
const full = (name: string) => (name === "outside" || name.includes(":") ? name : `docker:${name}`);
const edge = (from: string, to: string, more: Partial<GraphEdge> = {}): GraphEdge => ({
  from: full(from),
  to: full(to),
  protocol: "HTTP",
  connections: 1,
  bytes: 1000,
  seen: true,
  ...more,
});
const graph = (nodes: GraphAsset[], edges: GraphEdge[], others: string[] = []): Graph => ({
  nodes,
  edges,
  others: [
    ...new Set([...others, ...(edges.some((e) => e.from === "outside" || e.to === "outside") ? ["outside"] : [])]),
  ],
  cut: false,
  prepared: false,
});
const none = new Set<string>();

// outside -> nginx -> web -> redis, as FIG. 2C has it
const small = graph(
  [
    host("one"),
    asset("nginx", { score: 86, level: "high" }),
    asset("web"),
    asset("redis", { not_assessed: 1 }),
    asset("idle"),
  ],
  [
    edge("outside", "nginx"),
    edge("nginx", "web"),
    edge("web", "redis", { protocol: "Redis" }),
    edge("nginx", "redis", { seen: false }),
  ],
);

describe("responses", () => {
  it("are marked on the place, and on the group around it", () => {
    const held = [{ id: "r-1", phase: "verified" as const, what: "pause it" }];
    const two = graph([asset("a1", { image: "a:1", responses: held }), asset("a2", { image: "a:1" })], []);
    expect(sceneOf(two, "none", none).places.get("docker:a1")!.responses).toEqual(held);
    expect(sceneOf(two, "none", none).places.get("docker:a2")!.responses).toEqual([]);
    expect([...sceneOf(two, "image", none).places.values()].map((place) => place.responses)).toEqual([held]);
  });
});

describe("grouping", () => {
  it("draws each asset for itself while they are few", () => {
    expect(groupingFor(small)).toBe("none");
    const scene = sceneOf(small, "none", none);
    expect([...scene.places.keys()].sort()).toEqual([
      "docker:idle",
      "docker:nginx",
      "docker:redis",
      "docker:web",
      "host:one",
      "outside",
    ]);
    expect(scene.places.get("docker:redis")!.assessed).toBe(false);
    expect([...scene.frames.values()].map((frame) => frame.name)).toEqual(["one"]);
  });

  const many = graph(
    ["a", "b"].flatMap((node) => [
      host(node),
      ...Array.from({ length: 200 }, (_, i) =>
        asset(`${node}-${i}`, {
          node,
          image: `app-${i % 20}:1`,
          score: i % 100,
          level: i % 100 >= 90 ? "critical" : "low",
          not_assessed: i === 7 ? 1 : 0,
        }),
      ),
    ]),
    [edge("a-0", "b-1"), edge("a-0", "a-20"), edge("a-1", "b-1", { bytes: 5 })],
  );

  it("groups by image within node over 300, with the worst of the members", () => {
    expect(groupingFor(many)).toBe("image-node");
    const scene = sceneOf(many, "image-node", none);
    expect(scene.places.size).toBe(2 * 20 + 2);
    const group = scene.places.get("node=a image=app-19:1")!;
    expect(group.members).toHaveLength(10);
    expect([group.score, group.level]).toEqual([99, "critical"]);
    expect(scene.places.get("node=a image=app-7:1")!.assessed).toBe(false);
    expect(scene.inner).toBe(1); // a-0 and a-20 are of one image
    expect(scene.arrows.map((arrow) => arrow.id).sort()).toEqual([
      "node=a image=app-0:1 > node=b image=app-1:1",
      "node=a image=app-1:1 > node=b image=app-1:1",
    ]);
  });

  it("opens a group into its members", () => {
    const scene = sceneOf(many, "image-node", new Set(["node=a image=app-3:1"]));
    expect(scene.places.size).toBe(2 * 20 + 2 - 1 + 10);
    expect(scene.placeOf.get("docker:a-3")).toBe("docker:a-3");
    expect(scene.placeOf.get("docker:b-3")).toBe("node=b image=app-3:1");
  });

  it("opens a large group into smaller ones first", () => {
    const scene = sceneOf(many, "node", new Set(["node=a"]));
    expect(scene.places.size).toBe(1 + 20 + 1); // b; the images of a; its host
    expect(scene.places.get("node=a image=app-3:1")!.frame).toBe("node=a");
  });

  it("groups by network and by namespace; on several networks is a group of its own, and what is not known is in none", () => {
    const namespace = (name: string) => ({ namespace: name });
    const wired = graph(
      [
        host("one"),
        asset("web", { networks: ["front"], ...namespace("shop") }),
        asset("web2", { networks: ["front"], ...namespace("shop") }),
        asset("proxy", { networks: ["front", "back"] }),
        asset("proxy2", { networks: ["back", "front"], score: 91, level: "critical" }),
        asset("lone", { networks: [] }),
        asset("unknown"),
      ],
      [],
    );
    expect(groupingsOf(wired)).toEqual(["none", "node", "network", "namespace"]);
    const scene = sceneOf(wired, "network", none);
    expect([...scene.places.keys()].sort()).toEqual([
      "docker:lone",
      "docker:unknown",
      "host:one",
      "network=back, front",
      "network=front",
    ]);
    expect(scene.places.get("network=back, front")).toMatchObject({
      name: "back, front",
      score: 91,
      level: "critical",
    });
    expect(sceneOf(wired, "namespace", none).places.get("namespace=shop")!.members).toEqual([
      "docker:web",
      "docker:web2",
    ]);
    expect(nameOfKey("network=back, front")).toBe("back, front");
    expect(isIn(wired.nodes[3]!, "network=back, front")).toBe(true);
  });

  it("draws many other machines as one place", () => {
    const addresses = Array.from({ length: 30 }, (_, i) => `address:10.0.0.${i}`);
    const busy = graph(
      small.nodes,
      addresses.map((address) => edge(address, "web")),
      addresses,
    );
    const scene = sceneOf(busy, "none", none);
    expect(scene.places.get("addresses")!.members).toHaveLength(30);
    expect(sceneOf(busy, "none", new Set(["addresses"])).places.has("address:10.0.0.3")).toBe(true);
  });

  it("marks what was detected at the arrow and at both ends", () => {
    const detection = {
      detector: "net.scan.ports",
      severity: "medium",
      title: "Port scan",
      evidence: "",
      count: 3,
      last_seen: null,
    };
    const scene = sceneOf(
      { ...small, detections: [{ ...detection, from: "docker:idle", to: "docker:web" }] },
      "none",
      none,
    );
    expect(scene.arrows.find((arrow) => arrow.from === "docker:idle")!.detections).toHaveLength(1);
    expect(scene.places.get("docker:web")!.detections).toBe(1);
    expect(scene.places.get("docker:nginx")!.detections).toBe(0);
  });
});

describe("reach", () => {
  it("counts from the outside", () => {
    const columns = reachOf(sceneOf(small, "none", none));
    expect(columns.get("docker:nginx")).toBe(1);
    expect(columns.get("docker:web")).toBe(2);
    expect(columns.get("docker:redis")).toBe(2); // a connection that is only possible counts, too
    expect(columns.has("docker:idle")).toBe(false);
  });

  it("puts who only opens connections left of what it talks to, and ends on circles", () => {
    const scene = sceneOf(
      graph(
        ["in", "mid", "db", "worker", "p", "q"].map((name) => asset(name)),
        [
          edge("outside", "in"),
          edge("in", "mid"),
          edge("mid", "db"),
          edge("worker", "db"),
          edge("p", "q"),
          edge("q", "p"),
        ],
      ),
      "none",
      none,
    );
    const columns = reachOf(scene);
    expect(columns.get("docker:db")).toBe(3);
    expect(columns.get("docker:worker")).toBe(2);
    expect([columns.get("docker:p"), columns.get("docker:q")]).toEqual([1, 2]);
  });
});

const overlaps = (layout: Layout) => {
  const all = [...layout.at.values()];
  return all.some((a, i) => all.slice(i + 1).some((b) => Math.abs(a.x - b.x) < 60 && Math.abs(a.y - b.y) < 40));
};

describe("layout", () => {
  it("goes from left to right, inside the frame, without overlap", () => {
    const layout = layoutOf(sceneOf(small, "none", none), 1.6, null);
    const x = (name: string) => layout.at.get(`docker:${name}`)!.x;
    expect(x("nginx")).toBeLessThan(x("web"));
    expect(x("web")).toBeLessThan(x("idle"));
    const frame = layout.frames[0]!;
    expect(frame.host).toBe("host:one");
    for (const { x, y } of layout.at.values()) {
      expect(x).toBeGreaterThan(frame.x);
      expect(x).toBeLessThan(frame.x + frame.width);
      expect(y).toBeGreaterThan(frame.y);
      expect(y).toBeLessThan(frame.y + frame.height);
    }
    expect(overlaps(layout)).toBe(false);
  });

  it("keeps the order of what was there when something is added", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const edges = names.map((name) => edge("outside", name));
    const before = layoutOf(
      sceneOf(
        graph(
          names.map((name) => asset(name)),
          edges,
        ),
        "none",
        none,
      ),
      1.6,
      null,
    );
    const more = graph(
      [...names, "bb"].map((name) => asset(name)).reverse(),
      [...edges, edge("outside", "bb")].reverse(),
    );
    const after = layoutOf(sceneOf(more, "none", none), 1.6, before);
    const order = (layout: Layout) =>
      names
        .map((name) => `docker:${name}`)
        .sort((p, q) => {
          const [a, b] = [layout.at.get(p)!, layout.at.get(q)!];
          return a.x - b.x || a.y - b.y;
        });
    expect(order(after)).toEqual(order(before));
    expect(overlaps(after)).toBe(false);
  });

  it("does not move anything when only bytes change", () => {
    const before = layoutOf(sceneOf(small, "none", none), 1.6, null);
    const louder = { ...small, edges: small.edges.map((each) => ({ ...each, bytes: each.bytes * 1000 })) };
    expect(layoutOf(sceneOf(louder, "none", none), 1.6, before).at).toEqual(before.at);
  });

  it("fills the window when there are many", () => {
    const names = Array.from({ length: 240 }, (_, i) => `n${i}`);
    const layout = layoutOf(
      sceneOf(
        graph(
          names.map((name) => asset(name)),
          names.map((name) => edge("outside", name)),
        ),
        "none",
        none,
      ),
      1.8,
      null,
    );
    expect(layout.width / layout.height).toBeGreaterThan(1.1);
    expect(layout.width / layout.height).toBeLessThan(3);
    expect(overlaps(layout)).toBe(false);
    expect(layout.height).toBeGreaterThan(cell.height * 5);
  });

  it("lays out 300 places in a moment", () => {
    const names = Array.from({ length: 300 }, (_, i) => `n${i}`);
    const edges = names.flatMap((name, i) => [edge(name, `n${(i * 7) % 300}`), edge(name, `n${(i * 13) % 300}`)]);
    const scene = sceneOf(
      graph(
        names.map((name) => asset(name)),
        [...edges, edge("outside", "n0")],
      ),
      "none",
      none,
    );
    expect(layoutOf(scene, 1.6, null).at.size).toBe(300);
  });
});

describe("pointing", () => {
  const scene = sceneOf(small, "none", none);
  const layout = layoutOf(scene, 1.6, null);
  const curves = new Map(scene.arrows.map((arrow) => [arrow.id, curveOf(arrow, layout)!]));

  it("finds badges, names below them, and arrows", () => {
    const web = layout.at.get("docker:web")!;
    expect(hitAt(web, layout, curves, 2)).toEqual({ place: "docker:web" });
    expect(hitAt({ x: web.x + 30, y: web.y + 28 }, layout, curves, 2)).toEqual({ place: "docker:web" });
    const arrow = scene.arrows.find(({ from }) => from === "outside")!;
    expect(hitAt(pointOn(curves.get(arrow.id)!, 0.4), layout, curves, 2)).toEqual({ arrow: arrow.id });
    expect(hitAt({ x: -500, y: -500 }, layout, curves, 2)).toBeNull();
  });

  it("measures the distance to a curve", () => {
    const curve = curves.get("docker:nginx > docker:web")!;
    expect(distanceTo(curve, pointOn(curve, 0.37))).toBeLessThan(1.5);
    expect(distanceTo(curve, { x: curve.from.x, y: curve.from.y - 200 })).toBeGreaterThan(100);
  });

  it("walks by keys", () => {
    expect(neighbourTowards(layout, "docker:web", -1, 0)).toBe("docker:nginx");
    expect(neighbourTowards(layout, "docker:nginx", -1, 0)).not.toBe("docker:web");
  });
});

describe("words and widths", () => {
  it("names at most two protocols", () => {
    const talk = (protocol: string) => ({ protocol, bytes: 1, connections: 1, seen: true });
    expect(labelOf({ talks: ["HTTP", "Redis", "DNS", "TLS"].map(talk) } as never)).toBe("HTTP, Redis +2");
  });
  it("draws more bytes wider, within bounds", () => {
    expect(widthOf(0)).toBeLessThan(widthOf(1e6));
    expect(widthOf(1e6)).toBeLessThan(widthOf(1e9));
    expect(widthOf(1e30)).toBe(widthOf(1e12));
  });
});
