// Settings of the page that reach beyond it: who is told what, and which networks count as inside. A real service, with
// receivers on loopback; no container is needed. Needs root and the libraries of ui/.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { accessibilityFaults, launch, layoutFaults, narrow, openPage, Service, setUp, until, wide } from "./page.mjs";

const secret = "whsec_cGxpbXNvbGwtcGFnZS1zZWNyZXQtMzItYnl0ZXMh";
let place;
let hook;
const arrived = []; // bodies
let service;
let browser;
let page;

const go = async (path) => {
  await page.goto(service.address + path);
  await page.getByRole("navigation", { name: "Views" }).waitFor();
};
const row = (table, text) => page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: text });
const reports = () => join(place, "reports"); // made by the service

before(async () => {
  place = mkdtempSync(join(tmpdir(), "plimsoll-page-settings-"));
  chmodSync(place, 0o755);
  hook = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      arrived.push(body);
      response.end();
    });
  });
  await new Promise((done) => hook.listen(0, "127.0.0.1", done));
  writeFileSync(join(place, "key"), `${secret}\n`, { mode: 0o600 });
  const settings = {
    receivers: {
      ops: { kind: "webhook", url: `http://127.0.0.1:${hook.address().port}/in?token=in-the-query`, secret_file: join(place, "key") },
      nobody: { kind: "webhook", url: "http://127.0.0.1:9/" },
      files: { kind: "directory", path: reports() },
    },
    streams: { people: { to: "ops", format: "json", kinds: ["user."] } },
    reports: { weekly: { to: "files", format: "html", when: "weekly mon 07:30", time_zone: "Europe/Berlin" } },
  };
  writeFileSync(join(place, "plimsoll.yaml"), JSON.stringify(settings)); // JSON is YAML
  service = await Service.start({ state: place, more: ["--config", join(place, "plimsoll.yaml")] });
  browser = await launch();
  page = await openPage(browser);
  await setUp(page, service);
}, { timeout: 300_000 });

after(async () => {
  await browser?.close();
  await service?.end();
  hook?.close();
  if (place) rmSync(place, { recursive: true, force: true });
}, { timeout: 120_000 });

describe("settings that reach beyond the page", { timeout: 600_000 }, () => {
  it("shows who is told what, and no secret of it", async () => {
    await go("/settings/notifications");
    await row("Receivers", "ops").waitFor();
    await row("Streams", "people").waitFor();
    await row("Reports by the clock", "weekly").waitFor();
    const shown = await page.content();
    for (const hidden of [secret, "in-the-query"]) assert.ok(!shown.includes(hidden), `${hidden} is shown`);
  });

  it("says of a receiver that was never asked that nothing was sent, not that it works", async () => {
    assert.match(await row("Receivers", "nobody").innerText(), /nothing sent yet/);
  });

  it("sends a test message, and says whether it arrived", async () => {
    await page.getByRole("button", { name: "Test: a message to ops" }).click();
    await row("Receivers", "ops").getByText("it arrived").waitFor();
    assert.ok(arrived.some((body) => body.includes('"test"')), "the receiver has it");
    await page.getByRole("button", { name: "Test: a message to nobody" }).click();
    await row("Receivers", "nobody").getByText(/it did not arrive/).waitFor();
    await go("/log?kind=notify.");
    await page.getByText("sent a test message to ops").first().waitFor();
  });

  it("writes a report now", async () => {
    await until("the first scan is done", async () => (await (await page.request.get(`${service.address}/api/v1/summary`)).json()).hosts > 0, 180_000);
    await go("/settings/notifications");
    await page.getByRole("button", { name: "Send now: the report weekly" }).click();
    await row("Reports by the clock", "weekly").getByText("on its way").waitFor();
    await until("it is written", () => readdirSync(reports()).some((file) => file.startsWith("weekly-") && file.endsWith(".html")));
  });

  it("writes the lines for one more, and refuses a name that the service would", async () => {
    await page.getByRole("combobox", { name: /^What/ }).selectOption("slack");
    await page.getByLabel("Name", { exact: true }).fill("chat");
    await page.getByText("url_file: /etc/plimsoll/secrets/chat").waitFor();
    await page.getByText("plimsoll notify test chat").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Not One");
    await page.getByText(/A name is 1 to 40/).waitFor();
  });

  it("has no fault, wide and narrow, light and dark", async () => {
    const storageState = await page.context().storageState();
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [wide, narrow]) {
        const looked = await openPage(browser, { viewport, colorScheme, storageState });
        await looked.goto(`${service.address}/settings/notifications`);
        await looked.getByRole("table", { name: "Receivers" }).waitFor();
        await looked.getByRole("table", { name: "Reports by the clock" }).waitFor();
        assert.deepEqual(await accessibilityFaults(looked), []);
        assert.deepEqual(await layoutFaults(looked), []);
        assert.deepEqual(looked.faults, []);
        await looked.context().close();
      }
    }
  });

  it("changes which networks count as inside, says who did, and takes it back", async () => {
    await go("/settings/networks");
    const inside = page.getByLabel("Inside, one network a line");
    await page.getByText("As the policy file says.").waitFor();
    const before = await inside.inputValue();
    assert.match(before, /10\.0\.0\.0\/8/);
    await inside.fill(`${before}\nnot a network`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").waitFor();
    await inside.fill(`${before}\n198.51.100.0/24`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/Set by anna/).waitFor();
    await page.reload();
    await page.getByText(/Set by anna/).waitFor();
    assert.match(await inside.inputValue(), /198\.51\.100\.0\/24/);
    await page.getByRole("button", { name: "Back to the policy file" }).click();
    await page.getByText("As the policy file says.").waitFor();
    assert.equal(await inside.inputValue(), before);
  });
});
