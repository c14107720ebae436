// Every threat once, whoever has it: worst first.
import { sourceOf, usePages } from "../../api/queries";
import type { Threat } from "../../api/types";
import { Badge } from "../../parts/badge";
import { count } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { nameOf, Severity } from "../../parts/severity";
import { Answer, Empty } from "../../parts/states";
import { kindName, titleOf } from "./kinds";
import { epssColumn, firstSeenColumn, knownExploitedTag, severityColumn, useThreatFilters } from "./shared";

const columns: Column<Threat>[] = [
  {
    id: "id",
    name: "Threat",
    width: 240,
    value: (row) => row.id,
    render: (row) => (
      <>
        <Severity level={row.level} short />
        <span className="cut">{row.id}</span>
        {row.known_exploited && knownExploitedTag}
      </>
    ),
  },
  severityColumn(
    (row) => (
      <span className={`level-ink level-${row.level === "unknown" ? "none" : row.level}`}>
        {nameOf(row.level)} {row.score?.toFixed(1)}
      </span>
    ),
    128,
    560,
  ),
  {
    id: "title",
    name: "What",
    width: 320,
    from: 700,
    value: titleOf,
    render: (row) => (
      <span title={titleOf(row)}>{titleOf(row) || <span className="quiet">{kindName(row.kind)}</span>}</span>
    ),
  },
  {
    id: "package",
    name: "In",
    width: 150,
    from: 860,
    value: (row) => (row.packages ?? []).join(", "),
    render: (row) =>
      (row.packages ?? []).length > 0 ? (
        <code title={row.packages?.join(", ")}>{row.packages?.join(", ")}</code>
      ) : (
        <span className="quiet">{kindName(row.kind)}</span>
      ),
  },
  epssColumn(1000),
  {
    id: "assets",
    name: "Assets",
    width: 92,
    down: true,
    value: (row) => row.assets,
    render: (row) => (
      <span className="marks">
        {row.worst_score !== undefined && (
          <Badge
            size={20}
            score={row.worst_score}
            partly={row.worst_not_assessed > 0}
            label={`worst: ${row.worst_asset ?? ""} ${row.worst_score}${row.worst_not_assessed > 0 ? ", not all of it assessed" : ""}`}
          />
        )}
        {count(row.assets)}
      </span>
    ),
    hint: "How many have it, and the worst of them",
  },
  {
    id: "fix",
    name: "Fix",
    width: 170,
    from: 620,
    value: (row) => (row.fixed_version ? row.fixed_version : row.fixable > 0 ? "an upgrade" : ""),
    render: (row) =>
      row.fixed_version ? (
        <code title={row.fixed_version}>{row.fixed_version}</code>
      ) : row.fixable > 0 ? (
        "an upgrade"
      ) : (
        <span className="quiet">{row.kind === "vulnerability" ? "none yet" : ""}</span>
      ),
  },
  firstSeenColumn(112, 1120),
];

export default function Threats() {
  const { facets, asked } = useThreatFilters<Threat>("");
  const pages = usePages<Threat>(["threats"], "/threats", asked);
  return (
    <>
      <h1 className="unseen">Threats</h1>
      <Answer of={pages} what="the threats">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="threats"
              label="Threats"
              rows={rows}
              source={source}
              keyOf={(row) => row.id}
              columns={columns}
              facets={facets}
              sort={{ column: "severity", down: true }}
              serverText
              open={(row) => ({ kind: "threat", id: row.id })}
              empty={
                <Empty title="No threat is known.">
                  What could not be assessed stands on the overview; it is not the same as none.
                </Empty>
              }
            />
          );
        }}
      </Answer>
    </>
  );
}
