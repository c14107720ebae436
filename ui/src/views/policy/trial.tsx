// What a text would change: whose score, and which rules would fire on what. Nothing is done.
import { type ReactNode, useId } from "react";
import type { PolicyTrial } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Falls } from "../../parts/falls";
import { plural } from "../../parts/format";

type Firing = PolicyTrial["responses"][number];

export function Trial({ trial }: { trial: PolicyTrial }) {
  const heading = useId();
  const fire = trial.responses.filter((each) => each.change !== "gone");
  return (
    <section aria-labelledby={heading} className="block">
      <h3 id={heading}>What it would change</h3>
      <p role="status">
        {trial.scores.length === 0
          ? `No score of ${plural(trial.assets, "asset")} changes`
          : `${trial.scores.length} of ${plural(trial.assets, "score")} ${trial.scores.length === 1 ? "changes" : "change"}`}
        ; {plural(fire.length, "response")} would fire. Nothing was done.
      </p>
      {trial.scores.length > 0 && <Falls of={trial.scores} />}
      <Exemptions title="Would no longer count" of={trial.exceptions} change="added" />
      <Exemptions title="Would count again" of={trial.exceptions} change="gone" />
      <Firings title="Would fire, and does not now" of={trial.responses} change="added" />
      <Firings title="Would fire otherwise than now" of={trial.responses} change="altered" />
      <Firings title="Would no longer fire" of={trial.responses} change="gone" />
      <Firings title="Fires as now" of={trial.responses} change="same" />
    </section>
  );
}

// Those that would change in one way, below a heading; nothing where there are none.
function Changes<Each extends { change: string }>({
  title,
  of,
  change,
  keyOf,
  children,
}: {
  title: string;
  of: Each[];
  change: Each["change"];
  keyOf: (each: Each) => string;
  children: (each: Each) => ReactNode;
}) {
  const shown = of.filter((each) => each.change === change);
  if (shown.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul className="steps-short">
        {shown.map((each) => (
          <li key={keyOf(each)}>{children(each)}</li>
        ))}
      </ul>
    </>
  );
}

const AssetLink = ({ of }: { of: { asset: string; name: string } }) => (
  <a href={openAddress({ kind: "asset", id: of.asset })} onClick={follow}>
    {of.name}
  </a>
);

type Exemption = PolicyTrial["exceptions"][number];

const Exemptions = (props: { title: string; of: Exemption[]; change: Exemption["change"] }) => (
  <Changes {...props} keyOf={(each) => `${each.threat} ${each.asset}`}>
    {(each) => (
      <>
        <code>{each.threat}</code> of <AssetLink of={each} />{" "}
        <span className="quiet">
          · {each.owner}: {each.reason}
        </span>
      </>
    )}
  </Changes>
);

const modes = { observe: "would only be told", ask: "would wait for approval", enforce: "would be done at once" };

const Firings = (props: { title: string; of: Firing[]; change: Firing["change"] }) => (
  <Changes {...props} keyOf={(each) => `${each.rule} ${each.asset}`}>
    {(each) => (
      <>
        <code>{each.rule}</code>{" "}
        {each.held_back ? (
          <>held back: it {each.why}</>
        ) : (
          <>
            on <AssetLink of={each} />: {each.what}{" "}
            <span className="quiet">
              · {modes[each.mode]} · {each.why}
            </span>
          </>
        )}
      </>
    )}
  </Changes>
);
