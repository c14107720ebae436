// The page in headless Chromium, in front of a fleet. Usage: page_bench.mjs URL NAME   (the pass phrase in PLIMSOLL_PASSPHRASE)
// Prints figures beside what is aimed at; judges nothing. tests/bench/page_bench.py makes the fleet and starts the service.
import { launch } from "../e2e/page.mjs";

const [base, name] = process.argv.slice(2);
const tell = (what, value, aim = "") => console.log(`${what.padEnd(58)} ${value.padStart(12)}   ${aim}`);
const ms = (value) => `${Math.round(value)} ms`;
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

// Runs in the page before anything of ours does.
function watch() {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      window.longTasks.push({ start: entry.startTime, end: entry.startTime + entry.duration });
  }).observe({ type: "longtask", buffered: true });
  window.framesOf = async (milliseconds) => {
    const gaps = [];
    const start = performance.now();
    let last = start;
    while (last - start < milliseconds) {
      const now = await new Promise(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
    }
    return gaps.slice(1).sort((a, b) => a - b);
  };
}

async function signedIn(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(base);
  const status = await page.evaluate(
    async ([who, passphrase]) =>
      (
        await fetch("/api/v1/login", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ name: who, passphrase }),
        })
      ).status,
    [name, process.env.PLIMSOLL_PASSPHRASE],
  );
  if (status !== 200) throw new Error(`signing in was answered with ${status}`);
  await page.close();
  await context.addInitScript(watch);
  return context;
}

// From an empty cache: when something is seen, when what was asked for is there, and when the page is free to answer.
async function load(context, path, useful) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  await page.goto(base + path, { waitUntil: "commit" });
  await page.waitForSelector(useful, { timeout: 60_000 });
  const shown = await page.evaluate(() => performance.now());
  // Free: half a second without a task of over 50 ms.
  await page.waitForFunction(
    () => performance.now() - Math.max(0, ...window.longTasks.map((task) => task.end)) > 500,
    undefined,
    { timeout: 60_000 },
  );
  const seen = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    free: Math.max(0, ...window.longTasks.map((task) => task.end)),
    blocked: window.longTasks.reduce((sum, task) => sum + task.end - task.start - 50, 0),
  }));
  return { page, bytes, shown, ...seen };
}

// The floor: what this machine's browser takes for a page of a few words from the same service.
async function floor(context) {
  const page = await context.newPage();
  await page.goto(`${base}/healthz`, { waitUntil: "commit" });
  await page.waitForSelector("body");
  tell("a few words of text, in the same browser: seen", ms(await page.evaluate(() => performance.now())));
  await page.close();
}

async function loads(context) {
  await floor(context);
  for (const [path, useful, what] of [
    ["/overview", "main h1, main h2", "overview"],
    ["/containers", "main tbody tr[data-index]", "containers (10 000)"],
    ["/threats", "main tbody tr[data-index]", "threats (20 000 of 1 000 000)"],
    ["/network", "canvas", "network (10 000 assets)"],
  ]) {
    const { page, bytes, paint, shown, free, blocked } = await load(context, path, useful).catch((error) => ({
      page: null,
      error,
    }));
    if (!page) {
      tell(`${what}: not shown`, "-");
      continue;
    }
    tell(`${what}: first paint`, ms(paint), "aim 1000 ms");
    tell(`${what}: what was asked for is seen`, ms(shown), "aim 1000 ms");
    tell(`${what}: interactive`, ms(Math.max(shown, free)), "aim 2000 ms");
    tell(`${what}: blocked for`, ms(blocked));
    tell(`${what}: received`, `${Math.round(bytes / 1000)} kB`);
    await page.close();
  }
}

async function scrolling(context) {
  const { page } = await load(context, "/containers", "main tbody tr[data-index]");
  const box = await page.locator(".list-scroll").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => {
    window.wheels = [];
    window.blanks = 0;
    const scroller = document.querySelector(".list-scroll");
    scroller.addEventListener("wheel", (event) => window.wheels.push(performance.now() - event.timeStamp), {
      passive: true,
    });
    scroller.addEventListener("scroll", () =>
      requestAnimationFrame(() => {
        const middle = scroller.getBoundingClientRect();
        const under = document.elementFromPoint(middle.x + 200, middle.y + middle.height / 2);
        if (!under?.closest("tr[data-index]")) window.blanks += 1;
      }),
    );
    window.gaps = window.framesOf(3000);
  });
  const wheels = 120;
  for (let i = 0; i < wheels; ++i) {
    await page.mouse.wheel(0, 240);
    await page.waitForTimeout(16);
  }
  const { gaps, heard, late, moved, blanks } = await page.evaluate(async () => ({
    gaps: await window.gaps,
    heard: window.wheels.length,
    late: Math.max(...window.wheels),
    moved: document.querySelector(".list-scroll").scrollTop,
    blanks: window.blanks,
  }));
  tell("table: wheel turns heard, of 120", String(heard), "aim 120");
  tell("table: slowest answer to one", ms(late), "aim 50 ms");
  tell("table: scrolled by", `${Math.round(moved)} px`, "28 800 px, or the end of what is loaded");
  tell("table: frame, median / slowest", `${ms(at(gaps, 0.5))}/${ms(gaps.at(-1))}`, "aim 17/50 ms");
  tell("table: frames without a row under the middle", String(blanks), "aim 0");
  await page.close();
}

async function dragging(page, what) {
  const box = await page.locator("canvas").boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 8, middle.y);
  await page.evaluate(() => {
    window.gaps = window.framesOf(1500);
  });
  for (let i = 0; i < 90; ++i) {
    await page.mouse.move(middle.x + 8 + Math.sin(i / 12) * 150, middle.y + Math.cos(i / 12) * 80);
    await page.waitForTimeout(8);
  }
  const gaps = await page.evaluate(() => window.gaps);
  await page.mouse.up();
  tell(
    `${what}: frame while dragged, median / 95 % / slowest`,
    `${ms(at(gaps, 0.5))}/${ms(at(gaps, 0.95))}/${ms(gaps.at(-1))}`,
    "aim 17 ms",
  );
}

async function until(page, act, condition, argument) {
  const start = await page.evaluate(() => performance.now());
  await act();
  await page.waitForFunction(condition, argument, { timeout: 30_000, polling: "raf" });
  return (await page.evaluate(() => performance.now())) - start;
}

async function network(context) {
  const { page } = await load(context, "/network", "canvas");
  await page.waitForFunction(() => document.querySelector("canvas")?.stage);
  await dragging(page, "network, grouped by itself");
  const places = () => page.evaluate(() => document.querySelector("canvas").stage.places());
  const before = await places();
  tell("network: places drawn of 10 000 assets", String(before), "at most 300, or one a node");
  const target = await page.evaluate(() => document.querySelector("canvas").stage.groupOnScreen());
  if (target) {
    const box = await page.locator("canvas").boundingBox();
    const opened = await until(
      page,
      () => page.mouse.click(box.x + target.x, box.y + target.y),
      (n) => document.querySelector("canvas").stage.places() !== n,
      before,
    );
    tell("network: a group opens in", ms(opened), "aim 200 ms");
    await dragging(page, "network, a group opened");
  }
  const found = await until(
    page,
    () => page.locator(".net-bar input[type=search]").fill("stack-77-"),
    () => document.querySelector(".net-counts")?.textContent?.includes("found"),
  );
  tell("network: search over all answers in", ms(found), "aim 200 ms");
  await page.close();
}

const browser = await launch();
try {
  const context = await signedIn(browser);
  await loads(context);
  await scrolling(context);
  await network(context);
} finally {
  await browser.close();
}
