// What the tests of the page share: a running `plimsoll serve`, Debian's Chromium, and questions to the accessibility
// checker. The libraries are those of ui/ (npm ci).
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const library = createRequire(join(root, "ui/"));
const { chromium } = library("playwright-core");
const axeSource = readFileSync(library.resolve("axe-core/axe.min.js"), "utf8");

export const plimsoll = process.env.PLIMSOLL ?? join(root, "build/release/plimsoll");
export const name = "anna";
export const passphrase = "a long pass phrase";
const patience = 60_000; // milliseconds, for what is not measured

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export async function until(what, condition, within = patience) {
  const end = Date.now() + within;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${within / 1000} s`);
    await sleep(150);
  }
}

export function run(...command) {
  const done = spawnSync(command[0], command.slice(1), { encoding: "utf8", timeout: 300_000 });
  if (done.status !== 0) throw new Error(`${command.join(" ")} ended with ${done.status}\n${done.stdout}\n${done.stderr}`);
  return done.stdout.trim();
}

// One running service with a state of its own. `more` are further options of plimsoll serve.
export class Service {
  static async start({ state, more = [], plain = false } = {}) {
    const service = new Service();
    service.scratch = state ?? mkdtempSync(join(tmpdir(), "plimsoll-page-"));
    chmodSync(service.scratch, 0o755); // the service's own user goes through it
    service.options = [...(plain ? ["--plain"] : []), ...more];
    await service.begin(0);
    return service;
  }

  // `port` 0 takes a free one; after stop() the one it had before comes back to the same address.
  async begin(port = this.port ?? 0) {
    this.log = join(this.scratch, `out-${Date.now()}`);
    const out = openSync(this.log, "w");
    const database = process.env.PLIMSOLL_DB ?? join(root, "build/threats.db");
    const options = ["serve", "--listen", `127.0.0.1:${port}`, "--state", join(this.scratch, "state"), ...this.options];
    if (existsSync(database) && !options.includes("--db")) options.push("--db", database);
    this.process = spawn(plimsoll, options, { stdio: ["ignore", out, out] });
    this.ended = new Promise((done) => this.process.once("exit", done));
    this.port = Number(await until("the address is told", () => this.told(/serving on https?:\/\/127\.0\.0\.1:(\d+)/)));
    this.address = this.told(/serving on (https?:\/\/\S+)/);
    this.setupLink = this.told(/(\S+#setup=\S+)/);
  }

  text() {
    return existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
  }

  told(pattern) {
    if (this.process.exitCode !== null) throw new Error(`the service ended: ${this.text()}`);
    return pattern.exec(this.text())?.[1];
  }

  async stop() {
    this.process.kill("SIGTERM");
    const late = setTimeout(() => this.process.kill("SIGKILL"), 15_000);
    await this.ended;
    clearTimeout(late);
  }

  async end() {
    await this.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

const chromiumOptions = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: chromiumOptions });

export const wide = { width: 1440, height: 900 };
export const narrow = { width: 390, height: 844 };

// A page that notes what must never be: requests to elsewhere, faults of scripts, what the content policy refused.
export async function openPage(browser, { viewport = wide, colorScheme = "light", storageState } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, storageState, ignoreHTTPSErrors: true, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.faults = [];
  page.requests = [];
  page.on("request", (request) => page.requests.push(request.url()));
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    // What the server refuses, and that it is gone, the browser tells by itself; the tests look at what the page says of it.
    if (message.type() === "error" && !/Failed to load resource|ERR_CONNECTION|ERR_EMPTY_RESPONSE/.test(text)) page.faults.push(text);
  });
  return page;
}

// `address`: of what stands before the service, if anything.
export async function setUp(page, service, address = service.address) {
  await page.goto(service.setupLink.replace(service.address, address));
  await page.getByLabel("Name").fill(name);
  await page.getByLabel(/^Pass phrase/).fill(passphrase);
  await page.getByLabel("The same once more").fill(passphrase);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor({ state: "attached" });
}

export async function signIn(page, service, path = "/overview") {
  await page.goto(service.address + path);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Pass phrase").fill(passphrase);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Views" }).waitFor();
}

// The faults that the accessibility checker finds, each as one line.
export async function accessibilityFaults(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${fault.help}: ${node.target.join(" ")} (${node.failureSummary?.split("\n")[1]?.trim() ?? ""})`));
}

// Whether the page is wider than the window, and which texts are cut off although nothing says so ("…" says so).
export const layoutFaults = (page) =>
  page.evaluate(() => {
    const faults = [];
    if (document.documentElement.scrollWidth > window.innerWidth + 1) faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.querySelectorAll("h1,h2,h3,p,button,a,dt,dd,label,th,td,summary")) {
      const style = getComputedStyle(element);
      if (element.closest(".unseen,[hidden]") || style.textOverflow === "ellipsis" || style.visibility === "hidden") continue;
      if (!["hidden", "clip"].includes(style.overflowX) || element.clientWidth === 0) continue;
      if (element.scrollWidth > element.clientWidth + 2) faults.push(`cut off: ${element.textContent.slice(0, 40)}`);
    }
    return faults;
  });
