// The picture of the network: a real service, and before it a proxy that answers for the graph, so that what is drawn is
// known. No container is needed. Needs root and the libraries of ui/.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FaultyProxy } from "./faulty_proxy.mjs";
import { columnsOf } from "./graph_columns.mjs";
import { accessibilityFaults, launch, openPage, Service, setUp, until } from "./page.mjs";

let service;
let proxy;
let browser;
let page;

const asset = (called, more = {}) => ({
  id: `docker:${called}`, kind: "container", name: called, node: "one", image: `${called}:1`,
  score: 50, level: "medium", not_assessed: 0, networks: null, responses: [], ...more,
});
const edge = (from, to, protocol, more = {}) => ({ from, to, protocol, connections: 3, bytes: 5_000_000, seen: true, ...more });
const small = () => ({
  nodes: [
    asset("one", { id: "host:one", kind: "host", image: "" }),
    asset("nginx", { score: 86, level: "high" }),
    asset("web", { responses: [{ id: "r-1", phase: "verified", what: "cut off from the outside" }] }),
    asset("redis", { not_assessed: 2 }),
  ],
  others: ["address:10.9.8.7", "outside"],
  edges: [
    edge("outside", "docker:nginx", "HTTP"),
    edge("docker:nginx", "docker:web", "HTTP"),
    edge("docker:web", "docker:redis", "Redis", { bytes: 9_000_000 }),
    edge("address:10.9.8.7", "docker:redis", "Redis", { seen: false, connections: 0, bytes: 0 }),
  ],
  detections: [{ detector: "net.scan.ports", severity: "medium", title: "Port scan", evidence: "40 closed ports", from: "docker:web", to: "docker:redis", count: 3, first_seen: null, last_seen: null }],
  cut: false,
});
const large = () => ({
  ...small(),
  nodes: Array.from({ length: 900 }, (_, i) => asset(`c${i}`, { node: `node-${i % 3}`, image: `app-${i % 20}:1`, score: i % 90, level: "low" })),
  others: [], edges: Array.from({ length: 900 }, (_, i) => edge(`docker:c${i}`, `docker:c${(i * 7) % 900}`, "HTTP")), detections: [],
});

const show = (graph) => {
  proxy.answers = [{ path: /\/api\/v1\/graph/, body: columnsOf(graph) }];
};
const go = async (path = "/network") => {
  await page.goto(proxy.address + path);
  await page.locator("canvas").waitFor();
  await until("it is laid out", () => page.evaluate(() => (document.querySelector("canvas").stage?.places() ?? 0) > 0));
};
const places = () => page.evaluate(() => document.querySelector("canvas").stage.places());
const spot = async (id) => {
  const at = await page.evaluate((place) => document.querySelector("canvas").stage.screenOf(place), id);
  const box = await page.locator("canvas").boundingBox();
  return at && { x: box.x + at.x, y: box.y + at.y };
};
const table = () => page.getByRole("table", { name: "Connections", exact: true });
let sequence = 1_000_000_000;
const somethingChanged = () => proxy.send({ sequence: ++sequence, at: new Date().toISOString(), kind: "asset.appeared", actor: "analyzer", subject: "docker:x", hash: "", body: {} });

before(async () => {
  service = await Service.start({ plain: true });
  proxy = await FaultyProxy.start(service);
  browser = await launch();
  page = await openPage(browser);
  await setUp(page, service, proxy.address);
  await page.getByRole("navigation", { name: "Views" }).waitFor();
}, { timeout: 180_000 });

after(async () => {
  await browser?.close();
  await proxy?.end();
  await service?.end();
}, { timeout: 120_000 });

describe("the picture of the network", { timeout: 600_000 }, () => {
  it("stands from left to right by reach, with all of it in the table", async () => {
    show(small());
    await go();
    const [nginx, web, redis] = await Promise.all(["docker:nginx", "docker:web", "docker:redis"].map(spot));
    assert.ok(nginx.x < web.x && web.x < redis.x);
    await table().locator("tbody tr[data-index]").first().waitFor();
    assert.equal(await table().locator("tbody tr[data-index]").count(), 4);
    const first = await table().locator("tbody tr[data-index]").first().innerText();
    for (const word of ["web", "redis", "Redis", "Port scan", "under a response, in force: cut off from the outside"]) assert.ok(first.includes(word), `${word} in: ${first}`);
    await page.getByRole("button", { name: "1 attack detected" }).waitFor();
  });

  it("tells what is pointed at, and opens it with a click", async () => {
    const web = await spot("docker:web");
    await page.mouse.move(web.x, web.y);
    await page.locator(".net-tip").getByText("web", { exact: true }).waitFor();
    await page.locator(".net-tip").getByText("Under a response: in force: cut off from the outside").waitFor();
    await page.mouse.click(web.x, web.y);
    await until("its address is there", () => page.url().includes("open=asset%2Fdocker%253Aweb") || decodeURIComponent(decodeURIComponent(page.url())).includes("open=asset/docker:web"));
    await page.keyboard.press("Escape");
    await until("it is closed", () => !page.url().includes("open="));
  });

  it("opens what two say to each other from a row", async () => {
    await table().locator("tbody tr[data-index]").first().click();
    await page.getByRole("complementary", { name: "web → redis" }).getByText("40 closed ports").waitFor();
    await page.keyboard.press("Escape");
  });

  it("is worked with the keyboard, and says where it is", async () => {
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowRight");
    const said = page.locator(".net-box [role=status]");
    await until("a place is said", async () => /of 100/.test(await said.innerText()));
    for (let i = 0; i < 6 && !/^redis/.test(await said.innerText()); ++i) await page.keyboard.press("ArrowRight");
    assert.match(await said.innerText(), /^redis, container, 50 of 100, medium, not all of it assessed\. 1 attack detected\. +Called by /);
    await page.keyboard.press("Enter");
    await until("it is opened", () => page.url().includes("open="));
    await page.keyboard.press("Escape");
  });

  it("lets what is new glide in, and holds it back while something is pointed at", async () => {
    await go();
    const graph = small();
    graph.nodes.push(asset("fresh"));
    graph.edges.push(edge("outside", "docker:fresh", "SSH"));
    const web = await spot("docker:web");
    await page.mouse.move(web.x, web.y);
    show(graph);
    somethingChanged();
    await page.getByRole("button", { name: "Changes are waiting" }).waitFor();
    assert.equal(await spot("docker:fresh"), null);
    assert.deepEqual(await spot("docker:web"), web);
    await page.mouse.move(5, 5);
    await until("it is there", () => spot("docker:fresh"));
    assert.equal(await page.getByRole("button", { name: "Changes are waiting" }).count(), 0);
  });

  it("groups 900 containers by itself, opens a group, and closes it again", async () => {
    show(large());
    await go();
    const grouped = await places();
    assert.ok(grouped <= 300, `${grouped} places`);
    const at = await page.evaluate(() => document.querySelector("canvas").stage.groupOnScreen());
    const box = await page.locator("canvas").boundingBox();
    await page.mouse.click(box.x + at.x, box.y + at.y);
    await until("more places", async () => (await places()) > grouped);
    await page.getByRole("list", { name: "Opened groups" }).getByRole("button").click();
    await until("as before", async () => (await places()) === grouped);
    await page.getByLabel("Group by").selectOption("node");
    await until("one a node", async () => (await places()) === 3);
    assert.match(page.url(), /by=node/);
  });

  it("finds a member of a group", async () => {
    await page.locator(".net-bar input[type=search]").fill("c899");
    await page.getByText("1 found in the picture").waitFor();
    await page.keyboard.press("Escape");
  });

  it("groups by network and namespace where there are such, and keeps the choice in the address", async () => {
    const graph = small();
    const ofShop = { networks: ["front"], namespace: "shop" };
    graph.nodes.push(asset("pod-a", ofShop), asset("pod-b", ofShop));
    show(graph);
    await go();
    const choice = page.getByLabel("Group by");
    assert.deepEqual(await choice.locator("option").allTextContents(), ["nothing", "node", "network", "namespace"]);
    await choice.selectOption("network");
    await until("one place for both", () => spot("network=front"));
    await choice.selectOption("namespace");
    await until("one place for both", () => spot("namespace=shop"));
    assert.match(page.url(), /by=namespace/);
    await page.reload();
    await page.locator("canvas").waitFor();
    await until("the same after a reload", () => spot("namespace=shop"));
  });

  it("asks for the moment that is chosen, and plays from there", async () => {
    show(small());
    await go();
    const asked = () => proxy.asked.filter((path) => /\/graph\/columns\?.*at=/.test(path)).length;
    await page.getByRole("slider", { name: "Moment" }).focus();
    await page.keyboard.press("ArrowLeft");
    await until("a moment is asked for", () => asked() > 0);
    assert.match(page.url(), /at=/);
    const before = asked();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "Play what happened" }).click();
    await until("others follow", () => asked() > before + 3);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Now", exact: true }).click();
    await until("it is now", () => !page.url().includes("at="));
  });

  it("has no fault of accessibility, dark or light, and none of scripts", async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await go();
      await table().locator("tbody tr[data-index]").first().waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
    }
    assert.deepEqual(page.faults, []);
  });
});
