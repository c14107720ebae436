// The configuration checks of one container: what fails first.
import { part } from "../../api/client";
import { sourceOf, usePages } from "../../api/queries";
import type { Check } from "../../api/types";
import { useAddress } from "../../parts/address";
import { Answer, Empty } from "../../parts/states";
import { CheckRows, OutcomeChips } from "../nodes/check_rows";

export function Checks({ id, name }: { id: string; name: string }) {
  const { query } = useAddress();
  const outcome = query.get("d.outcome") ?? "fail,unknown";
  const pages = usePages<Check>(["asset", id, "checks"], `/assets/${part(id)}/checks`, {
    outcome: outcome === "all" ? undefined : outcome,
    text: query.get("d.q"),
  });
  return (
    <div className="drawer-pad">
      <OutcomeChips chosen={outcome} />
      <Answer of={pages} what="its checks">
        {() => {
          const { rows, source } = sourceOf(pages);
          if (rows.length === 0) return <Empty title={`No check of ${name} came to this.`} />;
          return (
            <>
              <CheckRows
                rows={rows.map((row) => ({
                  ...row,
                  number:
                    row.controls
                      .map((control) => (control as { id?: string }).id)
                      .filter(Boolean)
                      .join(", ") || row.rule,
                }))}
              />
              {source.more && (
                <button type="button" className="button" disabled={source.loading} onClick={source.load}>
                  More
                </button>
              )}
            </>
          );
        }}
      </Answer>
    </div>
  );
}
