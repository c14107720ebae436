// Responses and policies on the page, end to end: real containers, a real `plimsoll serve` that acts on them, Debian's
// Chromium. Needs root, Docker, gcc and the libraries of ui/. What it starts carries the prefix below and is taken away.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { accessibilityFaults, launch, layoutFaults, narrow, openPage, passphrase, plimsoll, root, run, Service, setUp, until, wide } from "./page.mjs";

const prefix = "plimsoll-pagerespond-";
const image = `${prefix}image:1`;
const label = "plimsoll-pagerespond";
const rules = `schema: plimsoll.policy/1
responses:
  rules:
    - id: test-ask
      title: Ask before pausing
      when: {asset: {label: ${label}=ask}, score: 0}
      do: [mark, pause]
      mode: ask
      expires: 30m
    - id: test-hold
      title: Hold at once
      when: {asset: {label: ${label}=hold}, score: 0}
      do: [pause]
      mode: enforce
      expires: 0
      limit: {most: 100, within: 1h}
`;

let places; // of files that this test makes
let directory; // of policies
let service;
let browser;
let page;

const removeOurs = () => {
  const ours = run("docker", "ps", "-aq", "--filter", `name=${prefix}`);
  if (ours) run("docker", "rm", "-f", ...ours.split("\n"));
};
const start = (name, mark) => run("docker", "run", "-d", "--network", "none", "--name", prefix + name, "--label", `${label}=${mark}`, image, "serve");
const isPaused = (name) => run("docker", "inspect", "-f", "{{.State.Paused}}", prefix + name) === "true";
const rowOf = (name, p = page) => p.getByRole("table", { name: "Responses", exact: true }).getByRole("row").filter({ hasText: prefix + name });
const go = async (path, p = page) => {
  await p.goto(service.address + path);
  await p.getByRole("navigation", { name: "Views" }).waitFor();
};
const quiet = async (p) => {
  await p.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
  await until("nothing is awaited", async () => (await p.getByText(/^Waiting for|^Checking …/).count()) === 0);
};
const api = (method, path, body, p = page) =>
  p.evaluate(
    async ([how, where, what]) => {
      const me = await (await fetch("/api/v1/me")).json();
      const headers = { "Content-Type": "application/json", "X-Plimsoll-CSRF": me.csrf };
      const answer = await fetch(`/api/v1${where}`, { method: how, headers, body: what && JSON.stringify(what) });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [method, path, body],
  );
const waitingCount = () => page.locator(".rail-count").first();
const decide = async (name, verb, action) => {
  await rowOf(name).getByRole("button", { name: new RegExp(`^${verb}`) }).click();
  await page.getByRole("dialog").getByRole("button", { name: action }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
};

before(async () => {
  run(join(root, "script/docker-up"));
  removeOurs();
  places = mkdtempSync(join(tmpdir(), prefix));
  run("gcc", "-static", "-O1", "-o", join(places, "talk"), join(root, "tests/e2e/programs/talk.c"));
  writeFileSync(join(places, "Dockerfile"), 'FROM scratch\nCOPY talk /talk\nENTRYPOINT ["/talk"]\n');
  run("docker", "build", "-q", "-t", image, places);
  directory = join(places, "policies");
  mkdirSync(directory);
  writeFileSync(join(directory, "10-test.yaml"), rules);
  service = await Service.start({ more: ["--policy", directory, "--policies-by-api"] });
  browser = await launch();
  page = await openPage(browser);
  await setUp(page, service);
}, { timeout: 600_000 });

after(async () => {
  await browser?.close();
  await service?.end();
  removeOurs();
  run("docker", "rmi", "-f", image);
  if (places) rmSync(places, { recursive: true, force: true });
}, { timeout: 120_000 });

describe("responses on the page", { timeout: 900_000 }, () => {
  it("says what may be done while nothing is", async () => {
    await go("/responses");
    await page.getByText("Nothing is in force, and nothing waits for approval.").waitFor();
    await page.getByText(/7 rules: 5 only observe, 1 asks a person, 1 acts by itself/).waitFor();
    await page.getByRole("link", { name: "They stand under Policy" }).click();
    await page.getByRole("table", { name: "Response rules in force" }).getByText("Ask before pausing").waitFor();
  });

  it("releases the action by an approval", async () => {
    await go("/responses");
    start("ask", "ask");
    await rowOf("ask").getByText("waits for approval").waitFor({ timeout: 60_000 });
    assert.equal(isPaused("ask"), false);
    assert.equal((await waitingCount().textContent()).trim(), "1 waiting for approval");
    await decide("ask", "Approve", "Do it");
    await rowOf("ask").getByText("in force, verified").waitFor();
    assert.equal(isPaused("ask"), true);
    await until("nobody is waited for", async () => (await page.locator(".rail-count").count()) === 0);
  });

  it("shows the response by its own address: plan, steps, every change", async () => {
    await rowOf("ask").getByRole("link").click();
    const drawer = page.locator(".drawer");
    await drawer.getByRole("heading", { name: "Every change" }).waitFor();
    const address = page.url();
    assert.match(address, /open=response/);
    await page.goto(address);
    await drawer.getByText("pause it", { exact: true }).waitFor();
    await drawer.getByText("To undo it: unpause it").waitFor();
    await drawer.getByText(/in force, verified, by anna/).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  it("marks the asset wherever it stands", async () => {
    await go("/containers");
    const row = page.getByRole("table", { name: "Containers" }).getByRole("row").filter({ hasText: `${prefix}ask` });
    await row.getByText(/under a response, in force: .*pause it/).waitFor({ state: "attached" });
    await go("/containers?response=force");
    await until("the filter leaves what is held", async () => (await row.count()) === 1);
    await row.getByRole("link").click();
    await page.locator(".drawer .under-link").click();
    await page.getByRole("heading", { name: "Every change" }).waitFor();
    const graph = await api("GET", "/graph");
    assert.equal(graph.body.nodes.find((node) => node.name === `${prefix}ask`).responses[0].phase, "verified");
    await go("/network");
    await page.getByText("a response is in force", { exact: true }).waitFor();
  });

  it("ends it by a release", async () => {
    await go("/responses");
    await decide("ask", "Release", "End it");
    await until("it goes on", () => !isPaused("ask"));
    await rowOf("ask").getByText("over", { exact: true }).waitFor();
    await go("/containers");
    await page.getByText(`${prefix}ask`).first().waitFor();
    await until("the mark is gone", async () => (await page.getByText(/under a response/).count()) === 0);
  });

  it("leaves undone what somebody refuses", async () => {
    await go("/responses");
    start("no", "ask");
    await rowOf("no").getByText("waits for approval").waitFor({ timeout: 60_000 });
    await decide("no", "Refuse", "Do not do it");
    await rowOf("no").getByText("not done", { exact: true }).waitFor();
    assert.equal(isPaused("no"), false);
  });

  it("shows everything that is in force, whoever did it", async () => {
    await go("/responses");
    start("held", "hold");
    start("byhand", "none");
    await rowOf("held").getByText("in force, verified").waitFor({ timeout: 60_000 });
    run(plimsoll, "respond", "run", "pause", `${prefix}byhand`, "--yes", "--respond-dir", join(service.scratch, "state-respond"));
    await rowOf("byhand").getByText("in force, verified").waitFor();
    const open = (await api("GET", "/responses?open=true")).body.items;
    assert.equal(open.length, 2);
    for (const each of open) assert.equal(await rowOf(each.asset_name.slice(prefix.length)).count(), 1, each.asset_name);
    await rowOf("held").getByText("until it is released").waitFor();
    await rowOf("byhand").getByText("by hand").waitFor();
  });

  it("is worked with the keyboard alone", async () => {
    await go("/overview");
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await until("the responses are there", () => page.url().endsWith("/responses"));
    await rowOf("held").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const release = page.locator(".drawer").getByRole("button", { name: /^Release/ });
    await release.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.keyboard.press("Escape");
    await until("the dialog is closed", async () => (await page.getByRole("dialog").count()) === 0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.getByRole("heading", { name: "Files in force" }).waitFor();
  });

  it("tells a viewer why they cannot", async () => {
    assert.equal((await api("POST", "/users", { name: "vera", role: "viewer", passphrase })).status, 201);
    const other = await openPage(browser);
    await other.goto(`${service.address}/responses`);
    await other.getByLabel("Name").fill("vera");
    await other.getByLabel("Pass phrase").fill(passphrase);
    await other.getByRole("button", { name: "Sign in" }).click();
    await rowOf("held", other).waitFor();
    assert.equal(await rowOf("held", other).getByRole("button", { name: /^Release/ }).isDisabled(), true);
    await other.getByText("You are a viewer: an operator or an admin approves, refuses and releases.").waitFor();
    await go("/policy/files?file=10-test.yaml", other);
    await other.getByText("An operator checks texts and tries them out.").waitFor();
    assert.equal(await other.getByRole("button", { name: "Put it in force" }).isDisabled(), true);
    await other.context().close();
  });
});

describe("policies on the page", { timeout: 900_000 }, () => {
  const field = () => page.getByRole("textbox", { name: "Text of 10-test.yaml" });
  const put = () => page.getByRole("button", { name: "Put it in force" });
  const onDisk = () => readFileSync(join(directory, "10-test.yaml"), "utf8");

  it("shows the line of what is broken, as it is typed", async () => {
    await go("/policy");
    await page.getByRole("table", { name: "Files of the policy in force" }).getByRole("link", { name: "10-test.yaml" }).click();
    await page.getByText("No fault.").waitFor();
    await page.getByText("In force as it stands here.").waitFor();
    await field().fill(rules.replace("mode: ask", "mode: asks"));
    const fault = page.getByRole("button", { name: /^line 8, column 13$/ });
    await fault.waitFor();
    assert.match(await page.locator(".faults li").first().textContent(), /ask/);
    assert.equal(await page.locator(".numbered-broken").textContent(), "8");
    assert.equal(await put().isDisabled(), true);
    await fault.click();
    assert.equal(await field().evaluate((text) => text.value.slice(text.selectionStart, text.selectionEnd)), "asks");
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  it("says what a text would change before it is in force", async () => {
    await field().fill(`${rules}additions: {by_label: [{name: a test, label: ${label}=hold, points: 40}]}\n`.replace("mode: enforce", "mode: observe"));
    await page.getByText("No fault.").waitFor();
    await page.getByRole("button", { name: "Try it out" }).click();
    const trial = page.getByRole("region", { name: "What it would change" });
    await trial.getByText(/1 of \d+ scores changes; \d+ responses? would fire. Nothing was done./).waitFor();
    await trial.getByRole("link", { name: `${prefix}held` }).first().waitFor();
    await trial.getByRole("heading", { name: "Would fire otherwise than now" }).waitFor();
    assert.equal(onDisk(), rules);
  });

  it("puts it in its place, and journals who did", async () => {
    await put().click();
    await page.getByText("written", { exact: true }).waitFor();
    assert.match(onDisk(), /name: a test/);
    await page.getByText(/In force as it stands here|not in force yet/).waitFor();
    const events = (await api("GET", "/events?kind=policy.written")).body.items;
    assert.equal(events.length, 1);
    assert.equal(events[0].actor, "user:anna");
  });

  it("refuses a text that began with another file", async () => {
    await field().fill(`${rules}# mine\n`);
    await page.getByText("No fault.").waitFor();
    writeFileSync(join(directory, "10-test.yaml"), `${rules}# of somebody else\n`);
    await put().click();
    await page.getByText(/the file was changed meanwhile; load it anew/).waitFor();
    assert.match(onDisk(), /somebody else/);
    await page.getByRole("button", { name: "Look at the file again" }).click();
    await page.getByRole("button", { name: "Load it anew" }).click();
    await until("the other text is there", async () => /somebody else/.test(await field().inputValue()));
  });

  it("begins a new file", async () => {
    await go("/policy/files");
    await page.getByLabel("A new file").fill("20-more.yaml");
    await page.getByRole("button", { name: "Begin it" }).click();
    await page.getByText("There is no such file yet.").waitFor();
    await page.getByText("No fault.").waitFor();
    await put().click();
    await until("it is there", () => existsSync(join(directory, "20-more.yaml")) && readFileSync(join(directory, "20-more.yaml"), "utf8") === "schema: plimsoll.policy/1\n");
  });

  it("shows versions, what changed, and the way back", async () => {
    const inForce = async (name) => (await api("GET", `/policies/${name}`)).body;
    await until("the new file is in force", async () => (await inForce("20-more.yaml")).in_force);
    assert.match((await inForce("10-test.yaml")).text, /somebody else/);
    const last = (await api("GET", "/policies")).body.entry;
    await go(`/policy/versions?from=0&to=${last}`);
    const diff = page.getByRole("region", { name: "What changed" });
    await diff.locator(".diff-added").filter({ hasText: "# of somebody else" }).first().waitFor();
    await go("/policy/versions");
    const table = page.getByRole("table", { name: "Versions of the policy" });
    await until("the versions are there", async () => (await table.locator("tbody tr").count()) >= 2);
    await table.locator("tbody tr").last().getByRole("link", { name: "put this text back" }).click();
    await page.getByText(/to be put back/).waitFor();
    await page.getByText("No fault.").waitFor();
    assert.equal(await field().inputValue(), rules);
    await put().click();
    await until("the older text is back", () => onDisk() === rules);
  });

  it("removes a file, and shows before what would change without it", async () => {
    await go("/policy/files?file=20-more.yaml");
    await page.getByText("In force as it stands here.").waitFor();
    await page.getByRole("button", { name: "Remove the file" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove 20-more.yaml" });
    await dialog.getByRole("button", { name: "See what would change" }).click();
    await dialog.getByText(/No score of \d+ assets? changes/).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await dialog.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("heading", { name: "Files in force" }).waitFor();
    await until("it is gone", () => !existsSync(join(directory, "20-more.yaml")));
    await until("it is not in force any more", async () => (await api("GET", "/policies")).body.items.every(({ name }) => name !== "20-more.yaml"));
    const removed = (await api("GET", "/events?kind=policy.removed")).body.items;
    assert.equal(removed.length, 1);
    assert.equal(removed[0].actor, "user:anna");
  });

  it("says when files are not changed here, and how to allow it", async () => {
    const closed = await Service.start({ more: ["--policy", directory] });
    const other = await openPage(browser);
    try {
      await setUp(other, closed);
      await other.goto(`${closed.address}/policy/files?file=10-test.yaml`);
      await other.getByText(/Policies are not changed through the API here/).waitFor();
      await other.getByText("plimsoll serve --policies-by-api", { exact: true }).waitFor();
      await other.getByText("No fault.").waitFor();
      assert.equal(await other.getByRole("button", { name: "Put it in force" }).isDisabled(), true);
      const refused = await api("PUT", "/policies/10-test.yaml", { text: rules, before: "" }, other);
      assert.equal(refused.status, 403);
      assert.equal(onDisk(), rules);
    } finally {
      await other.context().close();
      await closed.end();
    }
  });

  for (const path of ["responses", "policy/files", "policy/files?file=10-test.yaml", "policy/files?file=built-in", "policy/rules", "policy/versions?from=0&to=LAST"]) {
    it(`shows ${path} without a fault, wide and narrow, light and dark`, async () => {
      const last = (await api("GET", "/policies")).body.entry;
      const storageState = await page.context().storageState();
      for (const colorScheme of ["light", "dark"]) {
        for (const viewport of [wide, narrow]) {
          const looked = await openPage(browser, { viewport, colorScheme, storageState });
          await looked.goto(`${service.address}/${path.replace("LAST", last)}`);
          await looked.getByRole("navigation", { name: "Views" }).waitFor();
          await quiet(looked);
          assert.equal(await looked.locator(".state-failed").count(), 0);
          assert.deepEqual(await accessibilityFaults(looked), [], `${path}, ${colorScheme}, ${viewport.width} px`);
          assert.deepEqual(await layoutFaults(looked), [], `${path}, ${colorScheme}, ${viewport.width} px`);
          assert.deepEqual(looked.faults, []);
          await looked.context().close();
        }
      }
    });
  }

  it("broke no rule of its own", () => assert.deepEqual(page.faults, []));
});
