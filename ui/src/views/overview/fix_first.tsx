// What to do first: five things by how far they lower the levels, and what all of them come to.
import { useFixes } from "../../api/queries";
import type { Fix } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { fixTitle } from "../../parts/fix_title";
import { plural } from "../../parts/format";
import { Answer } from "../../parts/states";

const first = 5;

export function FixFirst() {
  const fixes = useFixes({ limit: first });
  return (
    <section aria-labelledby="overview-fix">
      <h2 id="overview-fix">What to fix first</h2>
      <Answer of={fixes} what="what to fix first">
        {(data) =>
          data.items.length === 0 ? (
            <p className="quiet">Nothing known would lower a level now.</p>
          ) : (
            <>
              <ol className="fix-rows">
                {data.items.map((fix) => (
                  <FixRow key={fix.id} fix={fix} />
                ))}
              </ol>
              {data.together && (
                <p className="fix-sum">
                  Doing {data.items.length === 1 ? "this" : `these ${data.items.length}`}: the worst{" "}
                  {data.together.worst_after < data.together.worst_before ? (
                    <>
                      falls {data.together.worst_before} → <b>{data.together.worst_after}</b>
                    </>
                  ) : (
                    <>stays at {data.together.worst_after}</>
                  )}
                  <span className="quiet">, {data.together.total_fall} points in all</span>
                </p>
              )}
            </>
          )
        }
      </Answer>
    </section>
  );
}

function FixRow({ fix }: { fix: Fix }) {
  const worst = fix.falls.reduce<Fix["falls"][number] | undefined>(
    (best, fall) => (!best || fall.before - fall.after > best.before - best.after ? fall : best),
    undefined,
  );
  return (
    <li>
      <a href={openAddress({ kind: "fix", id: fix.id })} onClick={follow} className="fix-row">
        <span className="fix-title">{fixTitle(fix)}</span>
        <span className="quiet small">
          {fix.falls.length === 1 ? fix.falls[0]?.name : plural(fix.falls.length, "asset")}
          {fix.removes.length > 0 && ` · removes ${plural(fix.removes.length, "threat")}`}
        </span>
        <span className="fall">
          {worst && (
            <>
              {worst.before} → <b>{worst.after}</b>
            </>
          )}
        </span>
      </a>
    </li>
  );
}
