import { describe, expect, it } from "vitest";
import type { JournalEvent } from "../../api/types";
import { actorOf, lineOf, sentenceOf } from "./sentence";

const event = (kind: string, body: Record<string, unknown> = {}): JournalEvent => ({
  sequence: 1,
  at: null,
  kind,
  actor: "user:anna",
  subject: "",
  hash: "",
  body: body as JournalEvent["body"],
});

describe("sentenceOf", () => {
  it.each([
    [event("asset.appeared", { name: "web", score: 87, level: "high" }), "appeared with 87, high"],
    [event("asset.gone"), "is gone"],
    [event("auth.refused", { method: "POST", path: "/x", from: "10.0.0.1" }), "was refused POST /x from 10.0.0.1"],
    [event("threats.changed", { new: ["a"], resolved: ["b", "c"] }), "1 new threat, 2 threats gone"],
    [event("exception.added", { threat: "CVE-1", reason: "not reachable" }), "excepted CVE-1: not reachable"],
    [event("detection.network", { title: "port scan" }), "detected: port scan"],
    [event("response.verified", { steps: [{ what: "mark it" }, { what: "pause it" }] }), "in force: mark it, pause it"],
    [event("response.done", { steps: [{ what: "pause it" }], note: "released" }), "over: pause it (released)"],
    [event("response.asked", { steps: "x" }), "waits for approval: "],
    [event("of.later", {}), "of.later"],
    [event("of.later", { text: "said so" }), "said so"],
  ])("%#", (given, sentence) => expect(sentenceOf(given)).toBe(sentence));
  it("is not upset by bodies of another shape", () => {
    for (const kind of ["asset.appeared", "score.changed", "threats.changed", "auth.sign-in", "exception.added"])
      expect(typeof sentenceOf(event(kind, { score: "x", new: "many", name: 7 }))).toBe("string");
  });
  it("names people without their kind", () => expect(actorOf(event("x"))).toBe("anna"));
});

describe("answers of rules", () => {
  const byRule = (kind: string, body: Record<string, unknown>) => ({ ...event(kind, body), actor: "rule:miner" });
  it("say what would be done, by which rule, in words", () => {
    const body = { name: "web", rule: "miner", why: "w", steps: [{ what: "pause it" }, { what: "tell ops" }] };
    expect(lineOf(byRule("response.would", body))).toBe(
      "web would have been acted on by the rule miner: pause it, tell ops",
    );
    expect(lineOf(byRule("response.failed", { ...body, note: "no such container" }))).toBe(
      "web failed: pause it, tell ops (no such container)",
    );
  });
});
