// The benchmark report of a machine: sections that fold to their counts, rows with level, sentence, result and remedy.
import { useState } from "react";
import { target } from "../../api/client";
import { useBenchmark } from "../../api/queries";
import type { BenchmarkReport } from "../../api/types";
import { go, here, useAddress } from "../../parts/address";
import { percent } from "../../parts/format";
import { Icon } from "../../parts/icon";
import { Answer, Empty } from "../../parts/states";
import { CheckRows, OutcomeChips } from "./check_rows";

export function Benchmark({ id, name }: { id: string; name: string }) {
  const { query } = useAddress();
  const chosen = query.get("d.benchmark") ?? "";
  const [benchmark, edition] = chosen.split("|");
  const outcome = query.get("d.outcome") ?? "all";
  const report = useBenchmark(id, { benchmark, edition, outcome: outcome === "all" ? undefined : outcome });
  return (
    <Answer of={report} what="its benchmark report">
      {(data) => <ReportBody data={data} outcome={outcome} id={id} name={name} />}
    </Answer>
  );
}

const keyOf = (of: { benchmark: string; edition: string }) => `${of.benchmark}|${of.edition}`;

function ReportBody({ data, outcome, id, name }: { data: BenchmarkReport; outcome: string; id: string; name: string }) {
  const sections = data.sections.filter((section) => section.rows.length > 0);
  return (
    <div className="drawer-pad">
      <section aria-labelledby="benchmark-head">
        <h3 id="benchmark-head" className="unseen">
          Benchmark
        </h3>
        <div className="benchmark-head">
          <label className="select">
            <span>Benchmark</span>
            <select
              value={keyOf(data)}
              onChange={(event) => go(here({ "d.benchmark": event.target.value }), "replace")}
            >
              {data.editions.map((each) => (
                <option key={keyOf(each)} value={keyOf(each)}>
                  {each.benchmark ? `${each.benchmark} ${each.edition}` : "Plimsoll's own rules"}
                </option>
              ))}
              {data.editions.every((each) => keyOf(each) !== keyOf(data)) && (
                <option value={keyOf(data)}>{data.benchmark || "Plimsoll's own rules"}</option>
              )}
            </select>
          </label>
          <b>{data.pass_rate === null ? "nothing decided" : `${percent(data.pass_rate)} passed`}</b>
          <a
            className="link"
            href={target("/reports", { format: "html", asset: id })}
            download={`plimsoll-${name}.html`}
          >
            <Icon name="export" /> Report
          </a>
        </div>
        <OutcomeChips chosen={outcome} counts={data.counts} />
      </section>
      {sections.length === 0 && <Empty title="No check came to this." />}
      <div className="sections">
        {sections.map((section) => (
          <Section key={section.title} section={section} open={sections.length <= 2 || outcome !== "all"} />
        ))}
      </div>
    </div>
  );
}

function Section({ section, open: first }: { section: BenchmarkReport["sections"][number]; open: boolean }) {
  const [open, setOpen] = useState(first);
  const { pass, fail, unknown } = section.counts;
  const decided = pass + fail + unknown;
  return (
    <section>
      <button type="button" className="plain section-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} />
        <span className="section-title">{section.title || "Other"}</span>
        <span className="section-bar" aria-hidden="true">
          {decided > 0 && (
            <svg viewBox="0 0 100 6" preserveAspectRatio="none">
              <rect width="100" height="6" className="section-rest" />
              <rect width={(pass / decided) * 100} height="6" className="section-pass" />
            </svg>
          )}
        </span>
        <span className="number">{decided > 0 ? `${pass}/${decided}` : <span className="quiet">none</span>}</span>
      </button>
      {open && <CheckRows rows={section.rows} />}
    </section>
  );
}
