import { describe, expect, it } from "vitest";
import type { ResponseRecord } from "../../api/types";
import { inOrder, rulesSentence, sinceOf, undoWords, untilOf, whoOf } from "./words";

const change = (phase: ResponseRecord["phase"], minute: number) => ({
  phase,
  at: `2026-01-01T00:0${minute}:00Z`,
  actor: "rule:x",
  note: "",
});
const record = (phase: ResponseRecord["phase"], more: Partial<ResponseRecord> = {}): ResponseRecord => ({
  id: phase,
  rule: "x",
  asset: "docker:a",
  asset_name: "a",
  why: "",
  phase,
  on_stop: "keep",
  expires: 0,
  until: null,
  ask_until: null,
  steps: [],
  changes: [change("asked", 0)],
  ...more,
});

describe("responses", () => {
  it("stand in the order in which somebody is wanted", () => {
    const shown = inOrder([record("done"), record("verified"), record("failed"), record("asked"), record("undoing")]);
    expect(shown.map((each) => each.phase)).toEqual(["asked", "verified", "undoing", "done", "failed"]);
  });
  it("are so since they were done, not since they were asked for", () => {
    const changes = [change("asked", 0), change("planned", 1), change("applied", 2), change("verified", 3)];
    expect(sinceOf(record("verified", { changes }))).toBe("2026-01-01T00:02:00Z");
    expect(sinceOf(record("asked"))).toBe("2026-01-01T00:00:00Z");
    expect(sinceOf(record("done", { changes: [...changes, change("done", 5)] }))).toBe("2026-01-01T00:05:00Z");
    expect(sinceOf(record("planned", { changes: [] }))).toBe(null);
  });
  it("wait until the question is too old, and are in force until their end", () => {
    const times = { until: "2026-01-02T00:00:00Z", ask_until: "2026-01-01T01:00:00Z" };
    expect(untilOf(record("asked", times))).toBe(times.ask_until);
    expect(untilOf(record("verified", times))).toBe(times.until);
  });
  it("say how a step is undone", () => {
    const step = { what: "x", undo: "", state: "verified" as const, note: "", before: "" };
    expect(undoWords({ ...step, undo: "unpause it", do: { action: "pause" } })).toBe("unpause it");
    expect(undoWords({ ...step, do: { action: "restart" } })).toBe("cannot be undone");
    expect(undoWords({ ...step, do: { action: "snapshot" } })).toMatch(/nothing to undo/);
  });
  it("name who did it", () => {
    expect(whoOf("user:anna")).toBe("anna");
    expect(whoOf("rule:cut")).toBe("the rule cut");
  });
  it("say what the rules may do", () => {
    expect(rulesSentence([])).toMatch(/no response rule/);
    expect(rulesSentence([{ mode: "observe" }, { mode: "observe" }])).toBe("2 rules: all only observe.");
    expect(rulesSentence([{ mode: "observe" }, { mode: "ask" }, { mode: "enforce" }, { mode: "enforce" }])).toBe(
      "4 rules: 1 only observes, 1 asks a person, 2 act by themselves.",
    );
  });
});
