// What changed since the reader was here last (kept in this browser), or in the last day.
import { useEffect, useState } from "react";
import { useChanges } from "../../api/queries";
import type { Changes } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { ago, plural } from "../../parts/format";
import { Answer } from "../../parts/states";
import { Time, useNow } from "../../parts/time";
import { keep, recall } from "../../theme/theme";

const name = "plimsoll.visit";
const day = 86_400_000;
const visitEnds = 30 * 60_000; // a pause that long makes the next look a new visit

interface Visit {
  since: string; // what "the last visit" means now
  seen: number; // when the page was last looked at
}

// The end of the visit before this one.
export function visitOf(kept: string | null, now: number): Visit {
  try {
    const visit = JSON.parse(kept ?? "") as Visit;
    if (typeof visit.seen === "number" && typeof visit.since === "string") {
      if (now - visit.seen < visitEnds) return { since: visit.since, seen: now };
      return { since: new Date(visit.seen).toISOString().slice(0, 19) + "Z", seen: now };
    }
  } catch {
    // The first visit.
  }
  return { since: new Date(now - day).toISOString().slice(0, 19) + "Z", seen: now };
}

function useSince(): string {
  const [visit] = useState(() => visitOf(recall(name), Date.now()));
  useEffect(() => {
    const note = () => keep(name, JSON.stringify({ since: visit.since, seen: Date.now() }));
    note();
    const timer = setInterval(note, 60_000);
    return () => clearInterval(timer);
  }, [visit]);
  return visit.since;
}

export function Changed() {
  const since = useSince();
  const changes = useChanges({ since, limit: 10 });
  const now = useNow();
  return (
    <section aria-labelledby="overview-changed">
      <h2 id="overview-changed">What changed</h2>
      <p className="quiet small">since {ago(since, now)}</p>
      <Answer of={changes} what="what changed">
        {(data) => <List data={data} />}
      </Answer>
    </section>
  );
}

function List({ data }: { data: Changes }) {
  const { counts } = data;
  const crossed = data.scores.filter((each) => each.crossed);
  const nothing =
    counts.detections + counts.appeared + counts.gone + counts.crossed + data.new_threats + data.resolved_threats === 0;
  if (nothing) return <p>Nothing.</p>;
  return (
    <ul className="changes">
      {data.detections.slice(0, 3).map((each) => (
        <li key={`d ${each.asset} ${each.id}`}>
          <b>Detected</b> <AssetLink id={each.asset} name={each.name} />: {each.id} <Time at={each.at} />
        </li>
      ))}
      {crossed.slice(0, 4).map((each) => (
        <li key={`s ${each.asset}`}>
          <AssetLink id={each.asset} name={each.name} /> {each.before} →{" "}
          <b className={`level-ink level-${each.level}`}>{each.after}</b> {each.level}
        </li>
      ))}
      {data.new_threats > 0 && (
        <li>
          {plural(data.new_threats, "new threat")}
          {data.threats.length > 0 && " on "}
          {data.threats.slice(0, 2).map((each, i) => (
            <span key={each.asset}>
              {i > 0 && ", "}
              <AssetLink id={each.asset} name={each.name} tab="threats" />
            </span>
          ))}
          {counts.threats > 2 && ` and ${counts.threats - 2} more`}
        </li>
      )}
      {data.resolved_threats > 0 && <li>{plural(data.resolved_threats, "threat")} gone</li>}
      {data.appeared.length > 0 && (
        <li>
          New:{" "}
          {data.appeared.slice(0, 3).map((each, i) => (
            <span key={each.asset}>
              {i > 0 && ", "}
              <AssetLink id={each.asset} name={each.name} />
            </span>
          ))}
          {counts.appeared > 3 && ` and ${counts.appeared - 3} more`}
        </li>
      )}
      {data.gone.length > 0 && (
        <li>
          Gone:{" "}
          {data.gone
            .slice(0, 3)
            .map((each) => each.name)
            .join(", ")}
          {counts.gone > 3 && ` and ${counts.gone - 3} more`}
        </li>
      )}
      {data.cut && <li className="quiet">There was more than is added up here; the log has it all.</li>}
    </ul>
  );
}

function AssetLink({ id, name: text, tab }: { id: string; name: string; tab?: string }) {
  return (
    <a href={openAddress({ kind: "asset", id, tab })} onClick={follow}>
      {text}
    </a>
  );
}
