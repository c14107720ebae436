// The page, end to end: a real service that watches real containers (the demo's), in Debian's Chromium. Needs root, Docker
// and the libraries of ui/. What it starts carries the prefix below and is taken away at the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { accessibilityFaults, launch, layoutFaults, name, narrow, openPage, passphrase, plimsoll, run, Service, setUp, signIn, until, wide } from "./page.mjs";

const prefix = "plimsoll-page-";
const views = ["overview", "containers", "nodes", "network", "threats", "images", "responses", "policy/files", "policy/files?file=built-in", "policy/rules", "policy/versions", "log", "settings/database", "settings/exceptions", "settings/networks", "settings/notifications", "settings/people", "settings/tokens", "settings/account", "settings/about"];

let service;
let browser;
let page; // signed in, wide, light

const removeOurs = () => {
  const ours = run("docker", "ps", "-aq", "--filter", `name=${prefix}`);
  if (ours) run("docker", "rm", "-f", ...ours.split("\n"));
};
const startContainer = (called, ...more) => run("docker", "run", "-d", "--name", prefix + called, "--label", "plimsoll.page-test=1", ...more);
const table = (label) => page.getByRole("table", { name: label, exact: true });
const rowOf = (label, text) => table(label).getByRole("row").filter({ hasText: text });
const go = async (path) => {
  await page.goto(service.address + path);
  await page.getByRole("navigation", { name: "Views" }).waitFor();
};
const quiet = async (p = page) => {
  await p.waitForLoadState("load");
  await p.getByRole("heading", { level: 1 }).first().waitFor();
  await until("nothing is awaited", async () => (await p.getByText(/^Waiting for/).count()) === 0);
};

before(async () => {
  removeOurs();
  run(plimsoll, "demo", "up");
  service = await Service.start();
  browser = await launch();
  page = await openPage(browser);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await service?.end();
  removeOurs();
}, { timeout: 120_000 });

describe("the page", { timeout: 900_000 }, () => {
  it("makes the first account by the setup link, and shows what is known", async () => {
    await setUp(page, service);
    assert.equal(page.url(), `${service.address}/overview`); // and the secret is no longer in the address
    await until("the scene is read", async () => (await rowOf("The worst assets", "plimsoll-demo").count()) > 3);
    await page.getByRole("heading", { name: "What to fix first" }).waitFor();
    await page.getByText("Press ? for keys.").waitFor();
    await page.getByRole("button", { name: "Do not show this again" }).click();
    assert.equal(await page.getByText("Press ? for keys.").count(), 0);
  });

  it("answers which first, why, and what to do in three clicks", async () => {
    await go("/overview");
    const first = table("The worst assets").locator("tbody tr").first();
    await first.click(); // 1: which
    await page.getByRole("heading", { name: "How the score comes about" }).waitFor(); // why
    await page.getByRole("heading", { name: "What to do first" }).waitFor();
    await page.locator(".fix a").first().click(); // 2: the plan
    await page.getByRole("heading", { name: "How", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await until("the drawer is closed", async () => (await page.locator(".drawer").count()) === 0);
  });

  for (const view of views) {
    it(`shows ${view} without a fault, wide and narrow, light and dark`, async () => {
      const storageState = await page.context().storageState();
      for (const colorScheme of ["light", "dark"]) {
        for (const viewport of [wide, narrow]) {
          const looked = await openPage(browser, { viewport, colorScheme, storageState });
          await looked.goto(`${service.address}/${view}`);
          await looked.getByRole("navigation", { name: "Views" }).waitFor();
          await quiet(looked);
          assert.equal(await looked.locator(".state-failed").count(), 0, await looked.locator(".state-failed").allTextContents().then(String));
          const theme = await looked.evaluate(() => document.documentElement.dataset.theme);
          assert.equal(theme, colorScheme);
          assert.deepEqual(await accessibilityFaults(looked), [], `${view}, ${colorScheme}, ${viewport.width} px`);
          assert.deepEqual(await layoutFaults(looked), [], `${view}, ${colorScheme}, ${viewport.width} px`);
          assert.deepEqual(looked.faults, []);
          await looked.context().close();
        }
      }
    });
  }

  it("shows a container with all its tabs, each by its own address", async () => {
    await go("/containers");
    await rowOf("Containers", "plimsoll-demo-outdated").getByRole("link").click();
    const tabs = page.getByRole("navigation", { name: /^Details of/ }).getByRole("link");
    const expected = ["Why", "Threats", "Checks", "Packages", "Network", "Configuration", "Processes", "History"];
    await until("its tabs are there", async () => (await tabs.count()) === expected.length);
    for (const tab of expected) {
      await tabs.filter({ hasText: tab }).click();
      await quiet();
      assert.equal(await page.locator(".drawer .state-failed").count(), 0, tab);
      assert.deepEqual(await accessibilityFaults(page), [], tab);
      const address = page.url();
      await page.goto(address);
      await page.getByRole("region", { name: tab, exact: true }).waitFor();
    }
    await tabs.filter({ hasText: "Packages" }).click();
    await page.getByRole("button", { name: "Bill of materials" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CycloneDX 1.5" }).click()]);
    const bill = JSON.parse(readFileSync(await file.path(), "utf8"));
    assert.equal(bill.bomFormat, "CycloneDX");
    assert.ok(bill.components[0].components.length > 20, "the packages of the one asset");
  });

  it("shows a machine with its benchmark report", async () => {
    await go("/nodes");
    await table("Nodes").locator("tbody tr").first().click();
    await page.getByRole("navigation", { name: /^Details of/ }).getByRole("link", { name: "Benchmark" }).click();
    const section = page.locator(".section-head").first();
    await section.waitFor();
    if ((await section.getAttribute("aria-expanded")) === "false") await section.click();
    await page.locator(".check-head").first().click();
    await page.locator(".check-body").first().getByText("Rule").waitFor();
    await page.getByRole("navigation", { name: "Results shown" }).getByRole("link", { name: /^failed/ }).click();
    await until("only failed ones are shown", async () => {
      const words = await page.locator(".check .outcome").allTextContents();
      return words.length > 0 && words.every((word) => word === "failed");
    });
  });

  it("searches, filters and sorts, all of it in the address", async () => {
    await go("/containers");
    await rowOf("Containers", "plimsoll-demo-nginx").waitFor();
    const all = await table("Containers").locator("tbody tr").count();
    await page.getByRole("searchbox", { name: "Search containers" }).fill("nginx");
    await until("the search is in the address", () => /q=nginx/.test(page.url()));
    await until("less is shown", async () => (await table("Containers").locator("tbody tr").count()) < all);
    await page.reload();
    await rowOf("Containers", "plimsoll-demo-nginx").waitFor();
    assert.equal(await page.getByRole("searchbox", { name: "Search containers" }).inputValue(), "nginx");
    await page.getByRole("button", { name: "Clear all" }).click();

    await page.getByRole("button", { name: /^Level/ }).click();
    await page.getByRole("checkbox", { name: "critical" }).check();
    await until("the filter is in the address", () => /level=critical/.test(page.url()));
    await page.keyboard.press("Escape");
    await until("only critical ones are left", async () => {
      const scores = (await table("Containers").locator("tbody .gauge b").allTextContents()).map(Number);
      return scores.length > 0 && scores.every((score) => score >= 90);
    });
    await page.getByRole("button", { name: "Clear the filter Level" }).click();

    await table("Containers").getByRole("button", { name: "Name" }).click();
    await until("sorted by name", async () => {
      const shown = await table("Containers").locator("tbody th").allTextContents();
      return shown.length > 1 && shown.every((text, i) => i === 0 || shown[i - 1].localeCompare(text, undefined, { numeric: true, sensitivity: "base" }) <= 0);
    });
    await page.getByLabel("Group").selectOption("image");
    await until("groups are there", async () => (await page.locator("tr.group").count()) > 1);
  });

  it("exports exactly what is shown", async () => {
    await go("/containers?level=critical");
    await until("rows are there", async () => (await table("Containers").locator("tbody tr").count()) > 0);
    const shown = await table("Containers").locator("tbody th").allTextContents();
    const headings = (await table("Containers").locator("thead th").allTextContents()).map((text) => text.trim());
    const download = async (format) => {
      await page.getByRole("button", { name: "Export what is shown" }).click();
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `${format} of what is shown` }).click()]);
      return readFileSync(await file.path(), "utf8");
    };
    const lines = (await download("CSV")).trim().split("\r\n");
    assert.deepEqual(lines[0].split(","), headings);
    assert.deepEqual(lines.slice(1).map((line) => line.split(",")[0]), shown);
    assert.deepEqual(JSON.parse(await download("JSON")).map((row) => row.name), shown);
  });

  it("shows a container that starts, by itself", async () => {
    await go("/containers");
    await rowOf("Containers", "plimsoll-demo-plain").first().waitFor();
    await page.mouse.move(5, 5); // nothing is held
    startContainer("newcomer", "--network", "none", "plimsoll-demo/base:1", "sleep", "3600");
    await rowOf("Containers", `${prefix}newcomer`).waitFor({ timeout: 60_000 });
    run("docker", "rm", "-f", `${prefix}newcomer`);
    await until("it is gone again", async () => (await rowOf("Containers", `${prefix}newcomer`).count()) === 0);
  });

  it("draws the arrow of traffic that starts, with its protocol", async () => {
    await go("/network");
    const script =
      'const net=require("net");setInterval(()=>{const s=net.connect(6379,process.env.TO,()=>s.write("*1\\r\\n$4\\r\\nPING\\r\\n"));s.on("data",()=>s.end());s.on("error",()=>{})},500)';
    const [network, address] = run("docker", "inspect", "plimsoll-demo-redis", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}}\n{{end}}").split("\n")[0].split(" ");
    startContainer("talker", "--network", network, "-e", `TO=${address}`, "plimsoll-demo/node:2", "node", "-e", script);
    await until(
      "the arrow is there",
      async () => {
        const rows = await page.getByRole("row").filter({ hasText: `${prefix}talker` }).allTextContents();
        return rows.some((text) => /redis/i.test(text.replaceAll("plimsoll-demo-redis", "")));
      },
      150_000,
    );
    run("docker", "rm", "-f", `${prefix}talker`);
  });

  it("excepts a threat with owner, reason and expiry, and ends it", async () => {
    await go("/containers");
    await rowOf("Containers", "plimsoll-demo-outdated").getByRole("link").click();
    await page.getByRole("navigation", { name: /^Details of/ }).getByRole("link", { name: /^Threats/ }).click();
    const first = page.locator(".drawer tbody tr").first();
    const threat = (await first.locator("th .cut").textContent()).trim();
    await first.getByRole("button", { name: /^Except/ }).click();
    const dialog = page.getByRole("dialog");
    assert.deepEqual(await accessibilityFaults(page), []);
    await dialog.getByLabel("Reason").fill("Not reachable from anywhere");
    await dialog.getByLabel("Owner").fill("the web team");
    await dialog.getByLabel("Until").fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
    await dialog.getByRole("button", { name: "Except it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await go("/settings/exceptions");
    const item = page.locator(".exceptions li").filter({ hasText: threat });
    await item.getByText("Not reachable from anywhere").waitFor();
    await item.getByText(/the web team answers for it/).waitFor();
    await item.getByRole("button", { name: "End it now" }).click();
    await until("it is over", async () => (await item.count()) === 0);
    await go("/log?kind=exception.");
    await until("the log has both", async () => (await table("Log").locator("tbody tr").count()) >= 2);
  });

  it("scans now, and says what it does", async () => {
    await go("/overview");
    const scan = page.getByRole("button", { name: "Scan now" });
    await scan.click();
    await until("it says that it works", async () => scan.isDisabled(), 5000);
    await until("it is done", async () => scan.isEnabled());
    await page.getByText(/^scanned (just now|\d+ s ago)/).first().waitFor();
  });

  it("is worked with the keyboard alone", async () => {
    await go("/overview");
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await until("the containers are there", () => page.url().endsWith("/containers"));
    await table("Containers").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const focused = () => page.evaluate(() => document.activeElement?.closest("tr")?.textContent ?? "");
    const second = await table("Containers").locator("tbody tr").nth(1).textContent();
    await until("the second row has the focus", async () => (await focused()) === second);
    await page.keyboard.press("Enter");
    await page.locator(".drawer .tabs").waitFor();
    const address = page.url();
    await page.keyboard.press("j");
    await until("the drawer goes along", () => page.url() !== address);
    await page.keyboard.press("Escape");
    await until("the drawer is closed", async () => (await page.locator(".drawer").count()) === 0);
    await page.keyboard.press("/");
    await page.keyboard.type("redis");
    await until("it searches", () => /q=redis/.test(page.url()));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    // Tab reaches everything in the order it is read, beginning with the way past the rail.
    await go("/containers");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "To the content");
  });

  it("searches over everything", async () => {
    await go("/settings/about");
    await page.getByRole("combobox", { name: /Search assets/ }).fill("outdated");
    await page.getByRole("option").filter({ hasText: "plimsoll-demo-outdated" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "plimsoll-demo-outdated" }).waitFor();
  });

  it("finds a package, and who has it", async () => {
    await go("/settings/about");
    await page.getByRole("combobox", { name: /Search assets/ }).fill("handlebars");
    await page.getByRole("option").filter({ hasText: /^handlebars npm, on .*plimsoll-demo-outdated/ }).click();
    const drawer = page.getByRole("complementary", { name: "handlebars" });
    const holder = drawer.getByRole("row").filter({ hasText: "plimsoll-demo-outdated" });
    await holder.waitFor();
    assert.match(await holder.innerText(), /\d+\.\d+/); // its version
    assert.deepEqual(await accessibilityFaults(page), []);
    await holder.click();
    await page.getByRole("heading", { name: "plimsoll-demo-outdated" }).waitFor();
  });

  it("verifies the log", async () => {
    await go("/log");
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText(/verified to entry \d+/).waitFor();
  });

  it("keeps dark when the reader chose it, whatever the system says", async () => {
    await go("/settings/about");
    await page.getByRole("button", { name: /account and display/ }).click();
    await page.getByLabel("Colours").selectOption("dark");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.reload();
    await until("it is still dark", () => page.evaluate(() => document.documentElement.dataset.theme === "dark"));
    await page.getByRole("button", { name: /account and display/ }).click();
    await page.getByLabel("Colours").selectOption("system");
  });

  it("signs out and in again, to where the reader wanted to go", async () => {
    await go("/containers");
    await page.getByRole("button", { name: /account and display/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Pass phrase").fill("a wrong pass phrase");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Pass phrase").fill(passphrase);
    await signIn(page, service, "/threats?level=critical");
    await table("Threats").waitFor();
    assert.match(page.url(), /level=critical/);
  });

  it("asked nothing of anybody else, and broke no rule of its own", () => {
    const elsewhere = page.requests.filter((url) => !url.startsWith(service.address) && !url.startsWith("blob:") && !url.startsWith("data:"));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(page.faults, []);
  });
});
