// What is in force on an asset or waits for approval, in words. Pure.
import type { OpenResponse } from "../api/types";

export const isHeld = (responses: Pick<OpenResponse, "phase">[]): boolean =>
  responses.some((each) => each.phase !== "asked");

// "in force: pause it; waits for approval: stop it"
export function underText(responses: Pick<OpenResponse, "phase" | "what">[]): string {
  const whats = (asked: boolean) =>
    [...new Set(responses.filter((each) => (each.phase === "asked") === asked).map((each) => each.what))].join(", ");
  return [whats(false) && `in force: ${whats(false)}`, whats(true) && `waits for approval: ${whats(true)}`]
    .filter(Boolean)
    .join("; ");
}
