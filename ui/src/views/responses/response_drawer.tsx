// One response: what was planned, what verifying saw of each step, how it is undone, and every change with who and when.
import { useAssetRow, useResponse } from "../../api/queries";
import type { ResponseRecord } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Badge } from "../../parts/badge";
import { Code } from "../../parts/copy";
import { Drawer } from "../../parts/drawer";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";
import { UnderSign } from "../../parts/under";
import { Decide, useWhyNot } from "./decide";
import { Until } from "./until";
import { phaseWords, sinceOf, stateOf, stepWords, undoWords, whatOf, whoOf, wordsOfPhase } from "./words";

export default function ResponseDrawer({ id }: { id: string }) {
  const response = useResponse(id);
  const record = response.data;
  return (
    <Drawer
      title={record ? `${record.asset_name}: ${whatOf(record)}` : "Response"}
      mark={record && stateOf(record) !== "over" && <UnderSign held={stateOf(record) === "force"} />}
    >
      <div className="drawer-body">
        <Answer of={response} what="this response">
          {(data) => <Whole record={data} />}
        </Answer>
      </div>
    </Drawer>
  );
}

function Whole({ record }: { record: ResponseRecord }) {
  const asset = useAssetRow(record.asset, record.asset_name);
  const whyNot = useWhyNot();
  const over = stateOf(record) === "over";
  return (
    <div className="drawer-pad">
      <p className="lead" role="status">
        {phaseWords(record)}
      </p>
      {!over && <Decide record={record} />}
      {!over && whyNot && <p className="quiet">{whyNot}</p>}
      <dl className="facts">
        <dt>Asset</dt>
        <dd>
          <a className="under-link" href={openAddress({ kind: "asset", id: record.asset })} onClick={follow}>
            {asset.data && (
              <Badge size={20} score={asset.data.score} level={asset.data.level} partly={asset.data.not_assessed > 0} />
            )}
            {record.asset_name}
          </a>
        </dd>
        <dt>Rule</dt>
        <dd>{record.rule ? <Code text={record.rule} /> : "none: by hand"}</dd>
        <dt>Why</dt>
        <dd className="wrap">{record.why || "not told"}</dd>
        <dt>{record.phase === "asked" ? "Asked" : over ? "Ended" : "Since"}</dt>
        <dd>
          <Time at={sinceOf(record)} />
        </dd>
        {!over && (
          <>
            <dt>{record.phase === "asked" ? "Answer by" : "Until"}</dt>
            <dd>
              <Until record={record} />
              {record.phase !== "asked" &&
                (record.on_stop === "keep" ? "; stays when Plimsoll is stopped" : "; ends when Plimsoll is stopped")}
            </dd>
          </>
        )}
        <dt>Id</dt>
        <dd>
          <Code text={record.id} />
        </dd>
      </dl>
      <Steps record={record} />
      <Changes record={record} />
    </div>
  );
}

function Steps({ record }: { record: ResponseRecord }) {
  return (
    <section aria-labelledby="response-steps">
      <h3 id="response-steps">{record.phase === "asked" ? "What would be done" : "What is done"}</h3>
      <ol className="steps">
        {record.steps.map((step, i) => (
          <li key={i}>
            <b>{step.what}</b> <span className={`tag step-${step.state}`}>{stepWords(step)}</span>
            {step.note && <p className="wrap">{step.note}</p>}
            <p className="quiet small">To undo it: {undoWords(step)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Changes({ record }: { record: ResponseRecord }) {
  return (
    <section aria-labelledby="response-changes">
      <h3 id="response-changes">Every change</h3>
      <ol className="events">
        {record.changes.map((change, i) => (
          <li key={i}>
            <Time at={change.at} /> · {wordsOfPhase(change.phase)}, by {whoOf(change.actor)}
            {change.note && <p className="quiet wrap">{change.note}</p>}
          </li>
        ))}
      </ol>
      <p className="small">
        <a href={`/log?kind=response.`} onClick={follow}>
          All of it stands in the log
        </a>
      </p>
    </section>
  );
}
