// What both lists of threats have: columns, filters, and what the server is asked for by them.
import type { Threat } from "../../api/types";
import { useAddress } from "../../parts/address";
import { percent } from "../../parts/format";
import type { Column, Facet } from "../../parts/list/types";
import { nameOf, rankOf, severities } from "../../parts/severity";
import { Time } from "../../parts/time";
import { kinds } from "./kinds";

type Row = Pick<Threat, "kind" | "level" | "score"> & {
  epss?: number | null;
  first_seen?: string | null;
};

export const knownExploitedTag = (
  <span className="tag tag-strong" title="Known to be exploited (CISA KEV)">
    KEV
  </span>
);

export const severityColumn = <T extends Row>(
  render: (row: T) => React.ReactNode,
  width: number,
  from: number,
): Column<T> => ({
  id: "severity",
  name: "Severity",
  width,
  down: true,
  from,
  value: (row) => rankOf(row.level) * 100 + (row.score ?? 0),
  text: (row) => `${nameOf(row.level)}${row.score === null ? "" : ` ${row.score}`}`,
  render,
});

export const epssColumn = <T extends Row>(from: number): Column<T> => ({
  id: "epss",
  name: "EPSS",
  width: 70,
  align: "right",
  down: true,
  from,
  value: (row) => row.epss ?? null,
  render: (row) => (row.epss === null || row.epss === undefined ? "" : percent(row.epss)),
  hint: "How likely it is to be exploited within 30 days",
});

export const firstSeenColumn = <T extends Row>(width: number, from: number): Column<T> => ({
  id: "seen",
  name: "First seen",
  width,
  down: true,
  from,
  value: (row) => row.first_seen ?? "",
  render: (row) => <Time at={row.first_seen} />,
});

// `prefix` of the list's words in the address; `more` of the choices under "Only".
export function useThreatFilters<T extends Row>(prefix: string, more: Facet<T>["options"] = []) {
  const { query } = useAddress();
  const only = query.get(`${prefix}only`) ?? "";
  const kind = query.get(`${prefix}kind`) ?? "";
  const several = kind.includes(",");
  const facets: Facet<T>[] = [
    { id: "level", name: "Severity", options: severities.map((value) => ({ value, label: nameOf(value) })) },
    // The server takes one kind; several are filtered here.
    { id: "kind", name: "Kind", options: kinds, ...(several ? { of: (row: T) => row.kind } : {}) },
    {
      id: "only",
      name: "Only",
      options: [{ value: "kev", label: "known exploited" }, { value: "fix", label: "with a fix" }, ...more],
    },
  ];
  return {
    facets,
    only,
    asked: {
      level: query.get(`${prefix}level`),
      kind: several ? undefined : kind,
      text: query.get(`${prefix}q`),
      known_exploited: only.includes("kev"),
      fixable: only.includes("fix"),
    },
  };
}
