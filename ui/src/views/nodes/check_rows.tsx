// Results of checks as sentences that open to evidence and remedy; and the filter by outcome.
import { useState } from "react";
import type { Severity as Word } from "../../api/types";
import { follow, here } from "../../parts/address";
import { Icon } from "../../parts/icon";
import { Remedy } from "../../parts/remedy";
import { Severity } from "../../parts/severity";

export interface CheckRow {
  number: string;
  level?: string;
  rule: string;
  subject: string;
  title: string;
  outcome: string;
  severity: Word;
  evidence: string;
  reason: string;
  remedy: string;
}

export const outcomes = ["fail", "unknown", "manual", "pass", "not applicable"] as const;
const words: Record<string, string> = {
  fail: "failed",
  unknown: "not known",
  manual: "by hand",
  pass: "passed",
  "not applicable": "does not apply",
};
export const outcomeWord = (outcome: string) => words[outcome] ?? outcome;

export function Outcome({ of }: { of: string }) {
  return <span className={`outcome outcome-${of.replace(" ", "-")}`}>{outcomeWord(of)}</span>;
}

export function OutcomeChips({ chosen, counts }: { chosen: string; counts?: Record<string, number> }) {
  const values = chosen === "all" ? [...outcomes] : chosen.split(",");
  return (
    <nav className="chips" aria-label="Results shown">
      {[...outcomes, "all"].map((outcome) => {
        const all = outcome === "all";
        const on = all ? chosen === "all" : chosen !== "all" && values.includes(outcome);
        const next = all
          ? "all"
          : on
            ? values.filter((value) => value !== outcome)
            : chosen === "all"
              ? [outcome]
              : [...values, outcome];
        const text = Array.isArray(next) ? next.join(",") : next;
        return (
          <a
            key={outcome}
            className={on ? "chip chip-on chip-link" : "chip chip-link"}
            aria-current={on ? "true" : undefined}
            href={here({ "d.outcome": text || "all" })}
            onClick={follow}
          >
            {all ? "all" : outcomeWord(outcome)}
            {counts && !all && <span className="tab-count">{counts[outcome.replace(" ", "_")] ?? 0}</span>}
          </a>
        );
      })}
    </nav>
  );
}

export function CheckRows({ rows }: { rows: CheckRow[] }) {
  return (
    <ul className="checks">
      {rows.map((row) => (
        <CheckItem key={`${row.rule} ${row.subject} ${row.number}`} row={row} />
      ))}
    </ul>
  );
}

function CheckItem({ row }: { row: CheckRow }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="check">
      <button type="button" className="plain check-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} />
        <code className="check-number">{row.number}</code>
        {row.level && <span className="tag">{row.level}</span>}
        <Severity level={row.severity} short />
        <span className="check-title">{row.title}</span>
        <Outcome of={row.outcome} />
      </button>
      {open && (
        <dl className="facts check-body">
          {row.subject && (
            <>
              <dt>Of</dt>
              <dd>{row.subject}</dd>
            </>
          )}
          {row.reason && (
            <>
              <dt>Because</dt>
              <dd>{row.reason}</dd>
            </>
          )}
          {row.evidence && (
            <>
              <dt>Found</dt>
              <dd>
                <code>{row.evidence}</code>
              </dd>
            </>
          )}
          {row.remedy && (
            <>
              <dt>Do</dt>
              <dd>
                <Remedy text={row.remedy} />
              </dd>
            </>
          )}
          <dt>Rule</dt>
          <dd>
            <code>{row.rule}</code>
          </dd>
        </dl>
      )}
    </li>
  );
}
