// What is in force on assets, since when, until when and why; and what waits for somebody's approval.
import { useMemo } from "react";
import { useAssetRow, useResponseRules, useResponses } from "../../api/queries";
import type { ResponseRecord } from "../../api/types";
import { follow } from "../../parts/address";
import { Badge } from "../../parts/badge";
import { CommandLine } from "../../parts/copy";
import { List } from "../../parts/list/list";
import type { Column, Facet } from "../../parts/list/types";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";
import { Decide, useWhyNot } from "./decide";
import { Until } from "./until";
import { inOrder, phaseWords, rankOf, ruleOf, rulesSentence, sinceOf, stateOf, untilOf, whatOf } from "./words";

function AssetCell({ record }: { record: ResponseRecord }) {
  const { data } = useAssetRow(stateOf(record) === "over" ? "" : record.asset, record.asset_name);
  return (
    <>
      {data && <Badge size={20} score={data.score} level={data.level} partly={data.not_assessed > 0} />}
      <span className="cut">{record.asset_name || record.asset}</span>
    </>
  );
}

const columns: Column<ResponseRecord>[] = [
  {
    id: "asset",
    name: "Asset",
    width: 270,
    value: (row) => row.asset_name,
    render: (row) => <AssetCell record={row} />,
  },
  {
    id: "what",
    name: "What",
    width: 170,
    from: 800,
    value: whatOf,
    render: (row) => <span title={whatOf(row)}>{whatOf(row)}</span>,
  },
  {
    id: "state",
    name: "State",
    width: 160,
    value: rankOf,
    text: phaseWords,
    render: (row) => <span className={`state-word state-${stateOf(row)}`}>{phaseWords(row)}</span>,
  },
  {
    id: "rule",
    name: "Rule",
    width: 150,
    from: 1080,
    value: ruleOf,
    render: (row) => (row.rule ? <code title={row.rule}>{row.rule}</code> : <span className="quiet">by hand</span>),
  },
  {
    id: "why",
    name: "Why",
    width: 180,
    from: 1120,
    value: (row) => row.why,
    render: (row) => <span title={row.why}>{row.why}</span>,
  },
  {
    id: "since",
    name: "Since",
    width: 96,
    from: 880,
    down: true,
    value: (row) => sinceOf(row) ?? "",
    render: (row) => <Time at={sinceOf(row)} />,
  },
  {
    id: "until",
    name: "Until",
    width: 110,
    from: 960,
    value: (row) => untilOf(row) ?? "",
    render: (row) => <Until record={row} />,
    hint: "When it ends by itself; of what waits: when it is too late to answer",
  },
  {
    id: "decide",
    name: "Decide",
    width: 196,
    from: 560,
    sortable: false,
    value: () => "",
    render: (row) => <Decide record={row} />,
  },
];

const facets: Facet<ResponseRecord>[] = [
  {
    id: "state",
    name: "State",
    options: [
      { value: "waits", label: "waits for approval" },
      { value: "force", label: "in force" },
      { value: "over", label: "over" },
    ],
    of: stateOf,
  },
];

export default function Responses() {
  const responses = useResponses();
  return (
    <>
      <h1 className="unseen">Responses</h1>
      <Answer of={responses} what="the responses">
        {(data) => <Rows items={data.items} />}
      </Answer>
    </>
  );
}

function Rows({ items }: { items: ResponseRecord[] }) {
  const rows = useMemo(() => inOrder(items), [items]);
  const whyNot = useWhyNot();
  return (
    <List
      name="responses"
      label="Responses"
      rows={rows}
      keyOf={(row) => row.id}
      columns={columns}
      facets={facets}
      sort={{ column: "state", down: false }}
      open={(row) => ({ kind: "response", id: row.id })}
      footer={
        rows.length > 0 && (
          <p>
            <RulesLine /> {whyNot}
          </p>
        )
      }
      empty={<Nothing />}
    />
  );
}

const wouldHave = (
  <a href="/log?kind=response.would" onClick={follow}>
    what they would have done
  </a>
);

const toRules = (
  <a href="/policy/rules" onClick={follow}>
    They stand under Policy
  </a>
);

// What may be done by itself, in one line, with the way to all of it.
function RulesLine() {
  const { data } = useResponseRules();
  if (!data) return null;
  return (
    <>
      {rulesSentence(data.items)} {toRules}.{" "}
      {data.items.some((rule) => rule.mode === "observe") && <>The log has {wouldHave}.</>}
    </>
  );
}

function Nothing() {
  const rules = useResponseRules();
  return (
    <Answer of={rules} what="the rules">
      {(data) => (
        <div className="state">
          <p className="state-title">Nothing is in force, and nothing waits for approval.</p>
          <p>
            {rulesSentence(data.items)} {toRules}. A rule that observes changes nothing; the log has {wouldHave}.
            {!data.acts && " This program was built without acting: nothing is ever done, only told."}
          </p>
          <ul className="rules-short">
            {data.items.map((rule) => (
              <li key={rule.id}>
                {rule.title || rule.id}: {rule.what.join(", ")} <span className="tag">{rule.mode}</span>
              </li>
            ))}
          </ul>
          {data.acts && (
            <>
              <p>By hand; this shows what it would do:</p>
              <CommandLine text="plimsoll respond run quarantine NAME --for 30m" />
            </>
          )}
        </div>
      )}
    </Answer>
  );
}
