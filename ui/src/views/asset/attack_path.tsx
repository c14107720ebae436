// The attack path: who is reached from whom, and how likely each step is.
import { useAssetRow } from "../../api/queries";
import type { MakeUp } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Badge } from "../../parts/badge";
import { percent } from "../../parts/format";
import { Icon } from "../../parts/icon";

export function AttackPath({ title, path }: { title: string; path: MakeUp["inherited"] }) {
  const steps = path.path;
  if (steps.length < 2) return null;
  const whole = steps.slice(1).reduce((product, step) => product * step.edge, 1);
  return (
    <section aria-labelledby="why-path">
      <h3 id="why-path">{title}</h3>
      <ol className="path">
        {steps.map((step, i) => (
          <li key={`${step.asset} ${i}`} className="path-step">
            {i > 0 && (
              <span className="path-arrow" title={step.why}>
                <span>{percent(step.edge)}</span>
                <svg viewBox="0 0 40 8" width="40" height="8" aria-hidden="true">
                  <path d="M0 4h36M32 1l5 3-5 3" />
                </svg>
                <span className="unseen">to</span>
              </span>
            )}
            <PathNode id={step.asset} name={step.name} />
          </li>
        ))}
      </ol>
      <ul className="path-why small quiet">
        {steps.slice(1).map((step, i) => (
          <li key={`${step.asset} why ${i}`}>
            {step.name || "outside"}: {step.why}
          </li>
        ))}
        <li>All steps together: {percent(whole)}.</li>
      </ul>
    </section>
  );
}

function PathNode({ id, name }: { id: string; name: string }) {
  const { data } = useAssetRow(id, name);
  if (!id) {
    return (
      <span className="path-node">
        <Icon name="hostNet" />
        <span>outside</span>
      </span>
    );
  }
  return (
    <a className="path-node" href={openAddress({ kind: "asset", id })} onClick={follow}>
      {data && <Badge size={32} score={data.score} level={data.level} partly={data.not_assessed > 0} />}
      <span>{name}</span>
    </a>
  );
}
