// Why an asset has its score: what adds up to it, the way an attack would take, and what lowers it.
import type { MakeUp } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Badge, levelOf } from "../../parts/badge";
import { fixTitle } from "../../parts/fix_title";
import { percent, plural } from "../../parts/format";
import { Remedy } from "../../parts/remedy";
import { Severity } from "../../parts/severity";
import { AttackPath } from "./attack_path";
import { type Step, waterfall } from "./waterfall";

const largest = 5;

export function Why({ data }: { data: MakeUp }) {
  const { asset, fixes, if_fixed } = data;
  return (
    <div className="drawer-pad">
      <section aria-labelledby="why-verdict">
        <h3 id="why-verdict" className="unseen">
          In short
        </h3>
        <div className="verdict">
          <Badge size={96} score={asset.score} level={asset.level} partly={asset.not_assessed > 0} />
          <div className="block">
            <p>
              <b>{asset.name}</b> stands at {asset.score} of 100:{" "}
              <span className={`word level-${asset.level}`}>{asset.level}</span>.
            </p>
            {if_fixed && if_fixed.score < asset.score && (
              <p>
                Once everything known to help is done:{" "}
                <b className={`level-ink level-${if_fixed.level}`}>{if_fixed.score}</b>, {if_fixed.level}.
              </p>
            )}
            {data.excepted > 0 && (
              <p className="quiet">{plural(data.excepted, "threat")} excepted by somebody and not counted.</p>
            )}
          </div>
        </div>
      </section>
      <FixList fixes={fixes} id={asset.id} />
      <Waterfall data={data} />
      <AttackPath title="The way an attack would take" path={data.inherited} />
      <Contributions data={data} />
      <NotAssessed items={data.not_assessed} />
    </div>
  );
}

function FixList({ fixes, id }: { fixes: MakeUp["fixes"]; id: string }) {
  if (fixes.length === 0) return null;
  return (
    <section aria-labelledby="why-fix">
      <h3 id="why-fix">What to do first</h3>
      <ol className="fixes">
        {fixes.slice(0, 3).map((fix) => {
          const fall = fix.falls.find((each) => each.asset === id);
          return (
            <li key={fix.id} className="fix">
              <div className="fix-head">
                <a href={openAddress({ kind: "fix", id: fix.id })} onClick={follow}>
                  {fixTitle(fix)}
                </a>
                {fall && (
                  <span className="fall">
                    {fall.before} → <b>{fall.after}</b>
                  </span>
                )}
              </div>
              {fix.remedy && <Remedy text={fix.remedy} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Waterfall({ data }: { data: MakeUp }) {
  const steps = waterfall(data, largest);
  return (
    <section aria-labelledby="why-makeup">
      <h3 id="why-makeup">How the score comes about</h3>
      <table className="waterfall">
        <tbody>
          {steps.map((step) => (
            <WaterfallRow key={step.id} step={step} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function WaterfallRow({ step }: { step: Step }) {
  const total = step.kind === "total";
  return (
    <tr className={total ? "waterfall-total" : undefined}>
      <th scope="row" title={step.evidence || undefined}>
        <span>{step.name}</span>
        {step.evidence && <span className="quiet waterfall-why">{step.evidence}</span>}
      </th>
      <td className="waterfall-bar">
        <svg
          viewBox="0 0 100 12"
          preserveAspectRatio="none"
          aria-hidden="true"
          className={total ? `level-${levelOf(step.to)}` : undefined}
        >
          <path className="waterfall-ticks" d="M10 0v12M40 0v12M70 0v12M90 0v12" />
          <rect
            x={step.from}
            y="2"
            width={Math.max(0.6, step.to - step.from)}
            height="8"
            className={total ? "waterfall-fill" : "waterfall-part"}
          />
        </svg>
      </td>
      <td className="number right">
        {total ? step.to : `+${Math.round(step.to - step.from) || (step.to > step.from ? "<1" : 0)}`}
      </td>
    </tr>
  );
}

function Contributions({ data }: { data: MakeUp }) {
  const rows = data.contributions.slice(0, largest);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="why-worst">
      <h3 id="why-worst">The {rows.length === 1 ? "largest part" : `${rows.length} largest parts`}</h3>
      <ul className="parts">
        {rows.map((row) => (
          <li key={row.group}>
            <a href={openAddress({ kind: "threat", id: row.worst })} onClick={follow} className="parts-name">
              {row.worst}
            </a>
            <span>
              {row.group && row.group !== row.worst ? `${row.group}: ` : ""}
              {plural(row.threats, "threat")} that one step removes
            </span>
            <span className="quiet">
              {[
                row.likelihood !== undefined && `likely ${percent(row.likelihood)}: ${row.likelihood_why}`,
                row.reach !== undefined && `reach ${percent(row.reach)}: ${row.reach_why}`,
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function NotAssessed({ items }: { items: MakeUp["not_assessed"] }) {
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="why-gaps">
      <h3 id="why-gaps">Not assessed</h3>
      <ul className="gaps">
        {items.map((item) => (
          <li key={`${item.what} ${item.reason}`} className="gap-item">
            <span className="gap-mark hatched" aria-hidden="true" />
            <span>
              <b>{item.what}</b>: {item.reason}
              {item.remedy && <span className="quiet"> {item.remedy}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const SeverityLegend = () => (
  <p className="legend small">
    {(["critical", "high", "medium", "low", "unknown"] as const).map((level) => (
      <Severity key={level} level={level} />
    ))}
    <span className="tag tag-strong">KEV</span> known to be exploited
  </p>
);
