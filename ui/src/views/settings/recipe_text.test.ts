import { describe, expect, it } from "vitest";
import { isName, receiverKinds, receiverLines, reportLines, secretOf } from "./recipe_text";

describe("the lines of the settings file", () => {
  it("name the receiver, its kind, and the file of its secret", () => {
    expect(receiverLines("slack", "chat")).toBe(
      "receivers:\n  chat:\n    kind: slack\n    url_file: /etc/plimsoll/secrets/chat",
    );
  });
  it("never hold a secret itself: each kind that needs one names a file", () => {
    for (const kind of receiverKinds) {
      const lines = receiverLines(kind, "x");
      expect(lines).not.toMatch(/^\s*(secret|password|bearer|token):/m);
      expect(/_file: \/etc\/plimsoll\/secrets\/x$/m.test(lines)).toBe(secretOf(kind) !== "");
    }
  });
  it("describe a report", () => {
    expect(reportLines("weekly", "mail")).toContain("  weekly:\n    to: mail\n");
  });
  it("take the names that the service takes", () => {
    for (const name of ["ops", "a-b_1"]) expect(isName(name)).toBe(true);
    for (const name of ["", "Ops", "a b", "x".repeat(41)]) expect(isName(name)).toBe(false);
  });
});
