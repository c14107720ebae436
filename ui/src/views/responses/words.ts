// Responses in the reader's words. Pure.
import type { ResponseRecord, ResponseRule, ResponseStep } from "../../api/types";

export type State = "waits" | "force" | "over";

const phases: Record<ResponseRecord["phase"], { words: string; state: State }> = {
  asked: { words: "waits for approval", state: "waits" },
  planned: { words: "about to be done", state: "force" },
  applied: { words: "in force, not verified yet", state: "force" },
  verified: { words: "in force, verified", state: "force" },
  undoing: { words: "being ended", state: "force" },
  refused: { words: "not done", state: "over" },
  failed: { words: "failed", state: "over" },
  done: { words: "over", state: "over" },
};

export const phaseWords = (record: Pick<ResponseRecord, "phase">) => phases[record.phase].words;
export const wordsOfPhase = (phase: string) => phases[phase as ResponseRecord["phase"]]?.words ?? phase;
export const stateOf = (record: Pick<ResponseRecord, "phase">) => phases[record.phase].state;

const order: State[] = ["waits", "force", "over"];
export const rankOf = (record: Pick<ResponseRecord, "phase">) => order.indexOf(stateOf(record));

// What waits first, then what is in force, then what is over; the newest first among each.
export const inOrder = (records: ResponseRecord[]): ResponseRecord[] =>
  [...records].sort((a, b) => rankOf(a) - rankOf(b) || (sinceOf(b) ?? "").localeCompare(sinceOf(a) ?? ""));

// Since when it is as it is: asked for, done, ended.
export function sinceOf(record: ResponseRecord): string | null {
  const { changes } = record;
  const applied = changes.find((change) => change.phase === "applied")?.at;
  if (stateOf(record) === "over") return changes.at(-1)?.at ?? null;
  return (stateOf(record) === "force" && applied) || (changes[0]?.at ?? null);
}

// When it ends by itself; null: only when somebody releases it.
export const untilOf = (record: ResponseRecord): string | null =>
  record.phase === "asked" ? record.ask_until : record.until;

export const whatOf = (record: Pick<ResponseRecord, "steps">) => record.steps.map((step) => step.what).join(", ");

export const ruleOf = (record: ResponseRecord) => record.rule || "by hand";

// "user:anna" -> "anna", "rule:cut-at-85" -> "the rule cut-at-85".
export function whoOf(actor: string): string {
  if (actor.startsWith("user:")) return actor.slice(5);
  if (actor.startsWith("rule:")) return `the rule ${actor.slice(5)}`;
  if (actor === "respond") return "Plimsoll";
  return actor;
}

const states: Record<ResponseStep["state"], string> = {
  waiting: "not done yet",
  applied: "done, not verified",
  verified: "verified",
  failed: "failed",
  undone: "undone",
  kept: "stays",
};
export const stepWords = (step: ResponseStep) => states[step.state];

const leavesNothing = ["alert", "scan", "capture", "snapshot"];
export function undoWords(step: ResponseStep): string {
  if (step.undo) return step.undo;
  return leavesNothing.includes(step.do.action) ? "changes nothing, so there is nothing to undo" : "cannot be undone";
}

// "5 rules: 4 only observe, 1 asks."
export function rulesSentence(rules: Pick<ResponseRule, "mode">[]): string {
  if (rules.length === 0) return "There is no response rule.";
  const of = (mode: string) => rules.filter((rule) => rule.mode === mode).length;
  const parts = [
    of("observe") > 0 &&
      (of("observe") === rules.length
        ? "all only observe"
        : `${of("observe")} only observe${of("observe") === 1 ? "s" : ""}`),
    of("ask") > 0 && `${of("ask")} ask${of("ask") === 1 ? "s" : ""} a person`,
    of("enforce") > 0 &&
      `${of("enforce")} act${of("enforce") === 1 ? "s" : ""} by ${of("enforce") === 1 ? "itself" : "themselves"}`,
  ].filter(Boolean);
  return `${rules.length} ${rules.length === 1 ? "rule" : "rules"}: ${parts.join(", ")}.`;
}
