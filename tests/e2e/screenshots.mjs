// Pictures of every view, wide and narrow, light and dark, from a service that watches the demo's containers. They are PNGs
// with few colours, so small enough to be kept. Usage: screenshots.mjs DIR
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { launch, narrow, openPage, Service, setUp, sleep, until, wide } from "./page.mjs";
import { small } from "./small_png.mjs";

const out = resolve(process.argv[2] ?? "docs/images");
mkdirSync(out, { recursive: true });

// Something to approve, something in force, and a file to show.
const policies = mkdtempSync(join(tmpdir(), "plimsoll-pictures-"));
writeFileSync(
  join(policies, "10-ours.yaml"),
  `schema: plimsoll.policy/1
additions:
  by_label: [{name: holds customers' data, label: com.example.data=customers, points: 10}]
exceptions:
  - threat: net.db.no-auth.*
    scope: {name: plimsoll-demo-redis}
    owner: anna
    reason: only the back ends can reach it
    expires: 2099-12-31
responses:
  rules:
    - id: pause-outdated
      title: Pause what is far behind
      when: {asset: {name: plimsoll-demo-outdated}, score: 20}
      do: [pause]
      mode: ask
      expires: 8h
    - id: mark-privileged
      title: Mark what can take the host
      when: {asset: {name: plimsoll-demo-privileged}, score: 20}
      do: [mark]
      mode: enforce
      expires: 30d
`,
);
const service = await Service.start({ more: ["--policy", policies, "--policies-by-api"] });
const browser = await launch();
try {
  const first = await openPage(browser);
  await setUp(first, service);
  await until("the scene is read", async () => (await first.getByRole("row").filter({ hasText: "plimsoll-demo" }).count()) > 5);
  await first.getByRole("button", { name: "Do not show this again" }).click();
  // Two looks at the network, so that its arrows carry traffic.
  await sleep(Number(process.env.PLIMSOLL_PICTURES_AFTER ?? 70) * 1000);
  const ask = async (path) => (await (await first.request.get(`${service.address}/api/v1${path}`)).json()).items;
  const outdated = (await ask("/assets?text=plimsoll-demo-outdated"))[0];
  const host = (await ask("/assets?kind=host"))[0];
  const threat = (await ask(`/assets/${encodeURIComponent(outdated.id)}/threats?limit=1`))[0];
  const image = (await ask("/images")).find((each) => each.name.includes("outdated")) ?? (await ask("/images"))[0];
  const open = (kind, id, tab) => `open=${encodeURIComponent(`${kind}/${encodeURIComponent(id)}${tab ? `/${tab}` : ""}`)}`;
  const pictures = {
    overview: "/overview",
    containers: "/containers",
    container: `/containers?${open("asset", outdated.id, "why")}`,
    "container-threats": `/containers?${open("asset", outdated.id, "threats")}`,
    nodes: "/nodes",
    benchmark: `/nodes?${open("asset", host.id, "benchmark")}&d.outcome=fail`,
    network: "/network",
    threats: "/threats",
    threat: `/threats?${open("threat", threat.id, "what")}`,
    images: `/images?${open("image", image.id, "layers")}`,
    log: "/log",
    settings: "/settings/database",
    notifications: "/settings/notifications",
    responses: "/responses",
    policy: "/policy/files?file=10-ours.yaml",
  };
  const storageState = await first.context().storageState();
  for (const [size, viewport] of Object.entries({ wide, narrow })) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await openPage(browser, { viewport, colorScheme, storageState });
      for (const [called, address] of Object.entries(pictures)) {
        await page.goto(service.address + address);
        await page.getByRole("navigation", { name: "Views" }).waitFor();
        await until("nothing is awaited", async () => (await page.getByText(/^Waiting for/).count()) === 0);
        await page.mouse.move(1, 1); // over nothing that shows it
        await sleep(900); // what glides in has come to rest
        const file = `${called}${size === "narrow" ? "-narrow" : ""}${colorScheme === "dark" ? "-dark" : ""}.png`;
        writeFileSync(join(out, file), small(await page.screenshot()));
      }
      await page.context().close();
    }
  }
  const door = await openPage(browser);
  await door.goto(service.address);
  await door.getByRole("button", { name: "Sign in" }).waitFor();
  writeFileSync(join(out, "sign-in.png"), small(await door.screenshot()));
} finally {
  await browser.close();
  await service.end();
  rmSync(policies, { recursive: true, force: true });
}
