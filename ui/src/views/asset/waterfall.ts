// The steps from 0 to the score: what threats add, the fixed additions, what is inherited along the attack path. Pure.
import type { MakeUp } from "../../api/types";

export interface Step {
  id: string;
  kind: "threat" | "addition" | "inherited" | "total";
  name: string;
  evidence: string;
  from: number; // 0 to 100
  to: number;
}

type Part = Pick<MakeUp, "own" | "own_threats" | "additions" | "inherited" | "contributions"> & {
  asset: { score: number };
};

export function waterfall(data: Part, largest: number): Step[] {
  const steps: Step[] = [];
  let at = 0;
  const add = (id: string, kind: Step["kind"], name: string, evidence: string, to: number) => {
    const end = Math.min(100, Math.max(at, to));
    steps.push({ id, kind, name, evidence, from: at, to: end });
    at = end;
  };
  const threats = data.own_threats * 100;
  for (const part of data.contributions.slice(0, largest)) {
    // Settings are named by what should be: "An AppArmor profile confines the container (container.apparmor)".
    const setting = part.group.endsWith(`(${part.worst})`);
    const group = setting ? `Not so: ${part.group.slice(0, -part.worst.length - 3)}` : part.group;
    const more = part.threats > 1 ? `${part.worst} and ${part.threats - 1} more` : "";
    add(
      `threat ${part.group}`,
      "threat",
      group || part.worst,
      more || (part.group === part.worst ? "" : part.worst),
      at + part.points,
    );
  }
  const rest = data.contributions.length - largest;
  if (rest > 0 || at < threats - 0.5) add("rest", "threat", rest > 0 ? `${rest} more` : "other threats", "", threats);
  for (const addition of data.additions)
    add(
      `addition ${addition.name}`,
      "addition",
      addition.name,
      addition.evidence,
      Math.min(at + addition.points, data.own * 100),
    );
  const inherits = data.asset.score - data.own * 100;
  if (data.inherited.path.length > 0 && inherits > 0.5) {
    const way = data.inherited.path.map((step) => step.name || "outside");
    add("inherited", "inherited", `inherited from ${way.at(-2) ?? way[0]}`, way.join(" → "), data.asset.score);
  }
  steps.push({ id: "total", kind: "total", name: "Score", evidence: "", from: 0, to: data.asset.score });
  return steps;
}
