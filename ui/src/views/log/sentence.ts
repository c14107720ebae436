// An event of the journal in a sentence. Kinds that are not known here show as they are. Pure.
import type { JournalEvent } from "../../api/types";

type Body = Record<string, unknown>;
const text = (body: Body, name: string): string => (typeof body[name] === "string" ? (body[name] as string) : "");
const number = (body: Body, name: string): number | undefined =>
  typeof body[name] === "number" ? (body[name] as number) : undefined;
const size = (body: Body, name: string): number => {
  const value = body[name];
  return Array.isArray(value) ? value.length : typeof value === "number" ? value : 0;
};
const times = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

const sentences: Record<string, (body: Body) => string> = {
  "asset.appeared": (b) =>
    `appeared${number(b, "score") === undefined ? "" : ` with ${number(b, "score")}, ${text(b, "level")}`}`,
  "asset.returned": (b) => `is back${number(b, "score") === undefined ? "" : ` with ${number(b, "score")}`}`,
  "asset.gone": () => "is gone",
  "score.changed": (b) => {
    const [before, after] = [
      number(b, "before") ?? number(b, "from"),
      number(b, "after") ?? number(b, "score") ?? number(b, "to"),
    ];
    return `score ${before === undefined ? "" : `${before} → `}${after ?? ""}${text(b, "level") ? `, ${text(b, "level")}` : ""}`;
  },
  "threats.changed": (b) => {
    const [added, gone] = [size(b, "new") || size(b, "appeared"), size(b, "resolved")];
    return (
      [added > 0 && times(added, "new threat"), gone > 0 && `${times(gone, "threat")} gone`]
        .filter(Boolean)
        .join(", ") || "threats changed"
    );
  },
  "auth.sign-in": (b) => `signed in${from(b)}`,
  "auth.sign-in-failed": (b) => `failed to sign in as ${text(b, "name")}${from(b)}`,
  "auth.sign-out": (b) => `signed out${from(b)}`,
  "auth.refused": (b) => `was refused ${text(b, "method")} ${text(b, "path")}${from(b)}`,
  "user.set-up": (b) => `made the first account, ${text(b, "name")}`,
  "user.added": (b) => `added an account${named(b)}`,
  "user.changed": (b) => `changed the account${named(b)}`,
  "user.removed": (b) => `removed the account${named(b)}`,
  "user.passphrase-changed": () => "changed their pass phrase",
  "token.added": () => "made an API token",
  "token.removed": () => "made an API token void",
  "scan.asked": (b) => `asked for a scan${text(b, "id") ? ` of ${text(b, "id")}` : ""}`,
  "exception.added": (b) => `excepted ${text(b, "threat")}${text(b, "reason") ? `: ${text(b, "reason")}` : ""}`,
  "exception.ended": (b) => `ended the exception of ${text(b, "threat") || text(b, "id")}`,
  "exception.removed": (b) => `ended the exception of ${text(b, "threat") || text(b, "id")}`,
  "exception.expired": (b) => `the exception of ${text(b, "threat")} is over`,
  "response.would": (b) => `would have been acted on by the rule ${text(b, "rule")}: ${steps(b)}`,
  "response.held": (b) => `the rule ${text(b, "rule")} was held back: it ${text(b, "why")}`,
  "response.asked": (b) => `waits for approval: ${steps(b)}`,
  "response.refused": (b) => `not done: ${steps(b)}${noted(b)}`,
  "response.planned": (b) => `about to be done: ${steps(b)}`,
  "response.applied": (b) => `done, not verified yet: ${steps(b)}`,
  "response.verified": (b) => `in force: ${steps(b)}`,
  "response.failed": (b) => `failed: ${steps(b)}${noted(b)}`,
  "response.undoing": (b) => `is being ended: ${steps(b)}${noted(b)}`,
  "response.done": (b) => `over: ${steps(b)}${noted(b)}`,
  "response.alert-not-sent": (b) => `an alert was not sent: ${text(b, "why")}`,
  "respond.approved": (b) => `approved the response ${text(b, "id")}`,
  "respond.declined": (b) => `refused the response ${text(b, "id")}`,
  "respond.release-asked": (b) => `released the response ${text(b, "id")}`,
  "respond.dry-run": (b) => `asked what the rule ${text(b, "id")} would do`,
  "policy.changed": () => "another policy came into force",
  "policy.written": (b) => `put the policy file ${text(b, "name")} in its place`,
  "policy.removed": (b) => `removed the policy file ${text(b, "name")}`,
  "database.updated": () => "the threat database is new",
  "networks.changed": () => "changed which networks count as inside",
  "notify.receiver-failing": (b) => `the receiver ${text(b, "receiver")} does not take messages: ${text(b, "why")}`,
  "notify.receiver-back": (b) => `the receiver ${text(b, "receiver")} takes messages again`,
  "notify.given-up": (b) => `a message to ${text(b, "receiver")} was given up: ${text(b, "title") || text(b, "why")}`,
  "notify.tested": (b) => `sent a test message to ${text(b, "name") || text(b, "id")}`,
  "journal.trimmed": () => "old entries were taken out, to keep the journal small",
  "journal.begun-anew": () => "the journal was damaged, and a new one begun",
};

const from = (body: Body) => (text(body, "from") ? ` from ${text(body, "from")}` : "");
// What is done, in the words of the service.
const steps = (body: Body) =>
  (Array.isArray(body.steps) ? body.steps : [])
    .map((step: unknown) => (step as { what?: unknown } | null)?.what)
    .filter((what) => typeof what === "string")
    .join(", ");
const noted = (body: Body) => (text(body, "note") ? ` (${text(body, "note")})` : "");
const named = (body: Body) => (text(body, "name") ? ` ${text(body, "name")}` : "");

export function sentenceOf(event: JournalEvent): string {
  const body = (event.body ?? {}) as Body;
  const sentence = sentences[event.kind];
  if (sentence) return sentence(body);
  if (event.kind.startsWith("detection."))
    return `detected: ${text(body, "title") || text(body, "id") || event.kind.slice(10)}`;
  return text(body, "text") || text(body, "title") || event.kind;
}

// "user:anna" -> "anna"; the program's own parts by their name.
export const actorOf = (event: JournalEvent) =>
  /^(user|token):/.test(event.actor) ? event.actor.replace(/^user:/, "") : "Plimsoll";
export const nameIn = (event: JournalEvent) => text((event.body ?? {}) as Body, "name");

// With who or what it is about before it: "anna signed in", "web is gone".
export function lineOf(event: JournalEvent): string {
  const about = /^(user|token):/.test(event.actor) ? actorOf(event) : nameIn(event);
  return `${about} ${sentenceOf(event)}`.trim();
}
