// The page when things go wrong: it says what is the case, keeps what it has, and recovers by itself. A real service, with a
// proxy before it that plays the faults; no container is needed. Needs root and the libraries of ui/.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { FaultyProxy } from "./faulty_proxy.mjs";
import { columnsOf } from "./graph_columns.mjs";
import { launch, name, openPage, passphrase, Service, setUp, until } from "./page.mjs";

let service;
let proxy;
let browser;
let page;
let elsewhere; // where no threat database is

const views = () => page.getByRole("navigation", { name: "Views" });
const rows = () => page.locator("main tbody tr[data-index]");
const go = async (path) => {
  await page.goto(proxy.address + path);
  await views().waitFor();
};
const live = () => page.locator(".top .live-live").waitFor();

async function signIn() {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Pass phrase").fill(passphrase);
  await page.getByRole("button", { name: "Sign in" }).click();
  await views().waitFor();
}

before(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), "plimsoll-page-db-"));
  service = await Service.start({ plain: true, more: ["--db", join(elsewhere, "none.db")] });
  proxy = await FaultyProxy.start(service);
  browser = await launch();
  page = await openPage(browser);
  await setUp(page, service, proxy.address);
  await views().waitFor();
  // The first scan is done, so that there is something to keep.
  await until("this host is known", async () => (await (await page.request.get(`${proxy.address}/api/v1/summary`)).json()).hosts > 0, 180_000);
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  await proxy?.end();
  await service?.end();
  if (elsewhere) rmSync(elsewhere, { recursive: true, force: true });
}, { timeout: 120_000 });

beforeEach(() => {
  proxy.back();
  proxy.delays = [];
  proxy.answers = [];
});

describe("the page under faults", { timeout: 900_000 }, () => {
  it("says that it has only the starter pack when there is no threat database", async () => {
    await go("/nodes");
    await page.getByRole("link", { name: /starter pack only|no threat database/ }).waitFor();
  });

  it("keeps what it shows when the service is gone, says since when, and comes back by itself", async () => {
    await go("/log");
    await rows().first().waitFor();
    await live();
    const shown = await rows().count();
    proxy.leave();
    await page.getByText(/reconnecting, last update \d+ s ago/).waitFor();
    assert.equal(await rows().count(), shown);
    proxy.back();
    await live();
    assert.equal(await page.getByText(/reconnecting/).count(), 0);
  });

  it("says what failed when a view is opened while the service is gone, and shows it once it is back", async () => {
    await go("/network");
    await live();
    proxy.leave();
    await page.getByRole("link", { name: "Log", exact: true }).click();
    await page.getByRole("alert").or(page.getByText(/^Waiting for/)).first().waitFor();
    proxy.back();
    await rows().first().waitFor();
    await live();
    page.faults.length = 0; // a part that could not be fetched is one, and was told
  });

  it("has all its parts once it was idle, so that every view opens while the service is gone", async () => {
    await go("/network");
    await until("all parts came", async () => {
      const asked = new Set(proxy.asked.filter((path) => path.startsWith("/assets/")));
      return ["log-", "threats-", "settings-", "asset_drawer-"].every((part) => [...asked].some((path) => path.includes(part)));
    });
    proxy.leave();
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.locator("main h1").first().waitFor({ state: "attached" });
    assert.equal(await page.getByText("this part of the page was not loaded yet").count(), 0);
    proxy.back();
    await live();
  });

  it("says what it waits for when the service is slow", async () => {
    proxy.delays = [{ path: /\/api\/v1\/(graph|assets|nodes)/, milliseconds: 2500 }];
    await go("/network");
    await page.getByText(/Waiting for the network/).waitFor();
    await page.locator("canvas").waitFor();
  });

  it("goes on after a restart of the service, without signing in anew", async () => {
    await go("/log");
    await live();
    await rows().first().waitFor();
    await service.stop();
    await page.getByText(/reconnecting/).waitFor();
    await service.begin();
    await live();
    assert.ok((await rows().count()) > 0);
    assert.equal(await page.getByRole("button", { name: "Sign in" }).count(), 0);
  });

  it("asks to sign in when the session is over, and is back where it was", async () => {
    await go("/network?by=node");
    await live();
    const csrf = (await (await page.request.get(`${proxy.address}/api/v1/me`)).json()).csrf;
    const out = await page.request.post(`${proxy.address}/api/v1/logout`, { headers: { "X-Plimsoll-CSRF": csrf, Origin: proxy.address } });
    assert.ok(out.ok(), `logout was answered with ${out.status()}`);
    await page.getByRole("link", { name: "Threats" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await signIn();
    assert.match(page.url(), /\/threats$/);
    await live();
  });

  it("says that nothing runs, and what to do to see something", async () => {
    proxy.answers = [{ path: /\/api\/v1\/assets\?.*kind=container/, body: { items: [], next: null, total: 0 } }];
    await go("/containers");
    await page.getByText("No container is running.").waitFor();
    await page.getByText("plimsoll demo up").waitFor();
    proxy.answers = [{ path: /\/api\/v1\/graph/, body: columnsOf({ nodes: [], others: [], edges: [], detections: [], cut: false }) }];
    await go("/network");
    await page.getByText("No asset is known yet.").waitFor();
  });

  it("keeps the picture of the network when it cannot be had anew, and says so", async () => {
    await go("/network");
    await page.locator("canvas").waitFor();
    proxy.answers = [{ path: /\/api\/v1\/graph/, status: 503, body: { type: "about:blank", title: "the journal does not answer", status: 503 } }];
    await until("it says so", async () => {
      proxy.send({ sequence: 1_000_000_000 + Date.now() % 1_000_000, at: new Date().toISOString(), kind: "asset.appeared", actor: "analyzer", subject: "docker:x", hash: "", body: {} });
      return page.getByText(/Not up to date/).isVisible();
    });
    assert.ok(await page.locator("canvas").isVisible());
    proxy.answers = [];
    await page.getByText(/Not up to date/).waitFor({ state: "detached", timeout: 60_000 });
  });

  const failing = { path: /\/api\/v1\/(?!me|events\/stream)/, status: 500, body: { type: "about:blank", title: "out of order", detail: "out of order", status: 500 } };
  for (const view of ["overview", "containers", "nodes", "network", "threats", "images", "log", "settings/database", "settings/exceptions", "settings/networks", "settings/notifications", "settings/people", "settings/tokens", "settings/about"]) {
    it(`shows no level and no count in ${view} when nothing can be had, but that it cannot`, async () => {
      proxy.answers = [failing];
      await go(`/${view}`);
      await page.locator("main .state-failed").first().waitFor();
      assert.equal(await page.locator("main .badge, main .gauge, main .counts, main tbody tr").count(), 0);
      assert.doesNotMatch(await page.locator("main").innerText(), /\b0\b|none|nothing known|no (threat|container|image|asset|exception|receiver)|everything could/i);
      await page.getByText("age of the database not known").waitFor();
    });
  }

  it("says that what it shows is old when it cannot be had anew", async () => {
    await go("/nodes");
    await rows().first().waitFor();
    const shown = await rows().count();
    proxy.answers = [failing];
    await until("it says so", async () => {
      proxy.send({ sequence: 1_500_000_000 + Date.now() % 1_000_000, at: new Date().toISOString(), kind: "asset.appeared", actor: "analyzer", subject: "docker:x", hash: "", body: {} });
      return page.getByText(/Not up to date: could not load the nodes, out of order/).isVisible();
    });
    assert.equal(await rows().count(), shown);
    proxy.answers = [];
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.getByText(/Not up to date/).waitFor({ state: "detached" });
  });

  it("stays usable at ten thousand alerts a minute", async () => {
    await go("/threats");
    await live();
    await page.evaluate(() => {
      window.slowest = 0;
      let last = performance.now();
      const frame = (now) => {
        window.slowest = Math.max(window.slowest, now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    const before = proxy.asked.length;
    let sequence = 2_000_000_000;
    const seconds = 12;
    const alerts = setInterval(() => {
      for (let i = 0; i < 17; ++i) {
        sequence += 1;
        proxy.send({ sequence, at: new Date().toISOString(), kind: "threats.changed", actor: "analyzer", subject: `docker:${sequence % 500}`, hash: "", body: { name: `c${sequence % 500}`, new: 1, resolved: 0, new_ids: [`CVE-2026-${sequence}`], resolved_ids: [] } });
      }
    }, 100);
    try {
      const end = Date.now() + seconds * 1000;
      for (let i = 0; Date.now() < end; ++i) {
        // Other views open, and answer, all the while.
        await page.getByRole("link", { name: ["Nodes", "Network", "Log", "Threats"][i % 4], exact: true }).click();
        await page.locator("main h1").first().waitFor({ state: "attached" });
      }
    } finally {
      clearInterval(alerts);
    }
    const sent = sequence - 2_000_000_000;
    assert.ok(sent > (10_000 / 60) * seconds * 0.5, `only ${sent} alerts were sent`);
    // Each alert may not be a question of its own to the service.
    const asked = proxy.asked.length - before;
    assert.ok(asked < sent / 4, `${asked} questions for ${sent} alerts`);
    console.log(`# ${sent} alerts in ${seconds} s: ${asked} questions to the service, slowest frame ${Math.round(await page.evaluate(() => window.slowest))} ms`);
    assert.deepEqual(page.faults, []);
    await live();
  });
});
