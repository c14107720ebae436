import { describe, expect, it } from "vitest";
import { waterfall } from "./waterfall";

const part = (group: string, points: number, threats = 1) => ({ group, worst: `CVE-${group}`, threats, points });
const data = {
  asset: { score: 90 },
  own_threats: 0.6,
  own: 0.75,
  contributions: [part("openssl", 40, 3), part("zlib", 15), part("a", 5)],
  additions: [{ name: "runs privileged", points: 15, evidence: "HostConfig.Privileged" }],
  inherited: {
    level: 0.6,
    path: [
      { asset: "", name: "", edge: 1, why: "" },
      { asset: "h", name: "web", edge: 0.3, why: "" },
    ],
  },
};

describe("waterfall", () => {
  it("goes from 0 to the score without gaps", () => {
    const steps = waterfall(data, 2);
    expect(steps.map((step) => step.id)).toEqual([
      "threat openssl",
      "threat zlib",
      "rest",
      "addition runs privileged",
      "inherited",
      "total",
    ]);
    const parts = steps.slice(0, -1);
    expect(parts[0]?.from).toBe(0);
    for (const [i, step] of parts.entries()) {
      if (i > 0) expect(step.from).toBeCloseTo(parts[i - 1]!.to, 9);
    }
    expect(parts.at(-1)?.to).toBe(90);
    expect(steps.at(-1)).toMatchObject({ from: 0, to: 90 });
  });
  it("says nothing of an inheritance that adds nothing, and stays below 100", () => {
    const steps = waterfall({ ...data, asset: { score: 75 }, additions: [{ name: "x", points: 80, evidence: "" }] }, 5);
    expect(steps.some((step) => step.kind === "inherited")).toBe(false);
    expect(Math.max(...steps.map((step) => step.to))).toBe(75);
  });
  it("holds for an asset without anything", () => {
    expect(
      waterfall(
        {
          asset: { score: 0 },
          own: 0,
          own_threats: 0,
          contributions: [],
          additions: [],
          inherited: { level: 0, path: [] },
        },
        5,
      ),
    ).toEqual([{ id: "total", kind: "total", name: "Score", evidence: "", from: 0, to: 0 }]);
  });
});
