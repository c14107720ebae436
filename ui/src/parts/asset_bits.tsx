// Pieces about assets that several views show.
import type { Asset, Counts } from "../api/types";
import { Badge } from "./badge";
import { count } from "./format";
import { Icon, type IconName } from "./icon";
import { LoadLine } from "./loadline";

export function Gauge({ asset }: { asset: Pick<Asset, "score" | "level" | "not_assessed" | "trail"> }) {
  const trail = (asset.trail ?? []).filter((score): score is number => score !== null);
  return (
    <span className={`gauge level-${asset.level}`}>
      <b>{asset.score}</b>
      <LoadLine
        score={asset.score}
        partly={asset.not_assessed > 0}
        trail={
          trail.length > 0 ? { low: Math.min(...trail, asset.score), high: Math.max(...trail, asset.score) } : null
        }
      />
      <span className="unseen">
        {asset.level}
        {asset.not_assessed > 0 && ", not all of it assessed"}
      </span>
    </span>
  );
}

export function CountsOf({ counts }: { counts: Counts }) {
  return (
    <span className="counts">
      {(["critical", "high", "medium"] as const).map((level) => (
        <span
          key={level}
          className={counts[level] === 0 ? "zero" : `level-${level}`}
          title={`${counts[level]} ${level}`}
        >
          {count(counts[level])}
        </span>
      ))}
    </span>
  );
}

interface Mark {
  id: string;
  icon: IconName;
  text: string;
  maybe: string;
}

// What exposes an asset, in the order of the marks.
export const marks: Mark[] = [
  { id: "wan_in", icon: "wanIn", text: "takes connections from outside", maybe: "the outside may connect" },
  { id: "wan_out", icon: "wanOut", text: "reaches the outside", maybe: "may reach the outside" },
  { id: "privileged", icon: "privileged", text: "runs privileged", maybe: "may run privileged" },
  { id: "runtime_socket", icon: "socket", text: "holds the runtime's socket", maybe: "may use the runtime's socket" },
  { id: "host_network", icon: "hostNet", text: "shares the host's network", maybe: "may share the host's network" },
  { id: "escape", icon: "escape", text: "can break out to its host", maybe: "may break out to its host" },
];

export interface Exposed {
  id: string;
  sure: boolean;
}

export function exposureOf(asset: Asset): Exposed[] {
  const told = asset.details?.exposure;
  if (!told) return [];
  return marks.flatMap(({ id }): Exposed[] => {
    const word = told[id as keyof typeof told];
    return word === "yes" || word === "possible" ? [{ id, sure: word === "yes" }] : [];
  });
}

export function exposureText(exposed: Exposed[]): string {
  return exposed
    .map(({ id, sure }) => {
      const mark = marks.find((each) => each.id === id);
      return mark ? (sure ? mark.text : mark.maybe) : id;
    })
    .join("; ");
}

export function Marks({ of }: { of: Exposed[] }) {
  return (
    <span className="marks">
      {of.map((exposed) => {
        const mark = marks.find((each) => each.id === exposed.id);
        if (!mark) return null;
        const text = exposed.sure ? mark.text : mark.maybe;
        return (
          <span key={mark.id} title={text} className={exposed.sure ? undefined : "possible"}>
            <Icon name={mark.icon} />
            <span className="unseen">{text}. </span>
          </span>
        );
      })}
    </span>
  );
}

export function AssetName({ asset }: { asset: Pick<Asset, "name" | "score" | "level" | "not_assessed"> }) {
  return (
    <>
      <Badge size={20} score={asset.score} level={asset.level} partly={asset.not_assessed > 0} />
      <span className="cut">{asset.name}</span>
    </>
  );
}
