// The threats of one asset, worst first.
import { useState } from "react";
import { sourceOf, usePages } from "../../api/queries";
import type { Asset, AssetThreat } from "../../api/types";
import { useMay } from "../../frame/me";
import { Icon } from "../../parts/icon";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { nameOf, Severity } from "../../parts/severity";
import { Answer, Empty } from "../../parts/states";
import { ExceptionDialog } from "../threats/exception_dialog";
import { titleOf } from "../threats/kinds";
import { epssColumn, firstSeenColumn, knownExploitedTag, severityColumn, useThreatFilters } from "../threats/shared";
import { SeverityLegend } from "./why";

const base: Column<AssetThreat>[] = [
  {
    id: "id",
    name: "Threat",
    width: 200,
    value: (row) => row.id,
    render: (row) => (
      <>
        <Severity level={row.level} short />
        <span className="cut" title={titleOf(row)}>
          {row.id}
        </span>
        {row.known_exploited && knownExploitedTag}
        {row.exception && (
          <span className="tag" title="Somebody answers for it: it does not count">
            excepted
          </span>
        )}
      </>
    ),
  },
  {
    ...severityColumn<AssetThreat>((row) => (row.score === null ? nameOf(row.level) : row.score.toFixed(1)), 84, 760),
    hint: "0 to 10, as its source rates it",
  },
  {
    id: "package",
    name: "In",
    width: 130,
    from: 430,
    value: (row) => row.package || titleOf(row),
    render: (row) =>
      row.package ? (
        <code
          title={`${row.package} ${row.version}${
            row.location
              ? `
${row.location}`
              : ""
          }`}
        >
          {row.package}
        </code>
      ) : (
        <span title={titleOf(row)}>{titleOf(row)}</span>
      ),
  },
  {
    id: "fix",
    name: "Installed → fixed",
    width: 210,
    from: 560,
    value: (row) => (row.version ? `${row.version} -> ${row.fixed_version || "no fix yet"}` : ""),
    render: (row) =>
      row.version ? (
        <code title={`${row.version} → ${row.fixed_version || "no fix yet"}`}>
          {row.version} → {row.fixed_version ? <b>{row.fixed_version}</b> : <span className="quiet">no fix yet</span>}
        </code>
      ) : null,
  },
  epssColumn(820),
  firstSeenColumn(90, 900),
];

const excepted = [{ value: "excepted", label: "excepted ones" }];

export function Threats({ asset }: { asset: Asset }) {
  const may = useMay("operator");
  const [excepting, setExcepting] = useState<AssetThreat | null>(null);
  const { facets, only, asked } = useThreatFilters<AssetThreat>("d.", excepted);
  const pages = usePages<AssetThreat>(
    ["asset", asset.id, "threats"],
    `/assets/${encodeURIComponent(asset.id)}/threats`,
    { ...asked, excepted: only.includes("excepted") },
  );
  const columns: Column<AssetThreat>[] = may
    ? [
        ...base,
        {
          id: "except",
          name: "Except",
          width: 74,
          from: 360,
          sortable: false,
          value: () => null,
          render: (row) => (
            <button
              type="button"
              className="plain link"
              onClick={() => setExcepting(row)}
              aria-label={`Except ${row.id}`}
              title="Except it, with owner, reason and expiry"
            >
              <Icon name="edit" />
            </button>
          ),
        },
      ]
    : base;
  return (
    <>
      <Answer of={pages} what="its threats">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="asset-threats"
              label="Threats"
              prefix="d."
              rows={rows}
              source={source}
              keyOf={(row) => `${row.id} ${row.package} ${row.version}`}
              columns={columns}
              facets={facets}
              sort={{ column: "severity", down: true }}
              serverText
              open={(row) => ({ kind: "threat", id: row.id })}
              empty={
                <Empty
                  title={
                    asset.not_assessed > 0 ? "No threat was found in what could be assessed." : "No threat is known."
                  }
                >
                  {asset.not_assessed > 0
                    ? "What could not be assessed stands under Why."
                    : "It is looked at again with each scan and each new threat database."}
                </Empty>
              }
              footer={<SeverityLegend />}
            />
          );
        }}
      </Answer>
      {excepting && (
        <ExceptionDialog
          threat={excepting.id}
          packageName={excepting.package}
          asset={asset}
          onClose={() => setExcepting(null)}
        />
      )}
    </>
  );
}
