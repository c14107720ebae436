// The journal: who did what, when, to what; and whether it is whole.
import { useMutation } from "@tanstack/react-query";
import { get } from "../../api/client";
import { sourceOf, usePages } from "../../api/queries";
import type { JournalEvent, Verification } from "../../api/types";
import { useMay } from "../../frame/me";
import { useAddress } from "../../parts/address";
import { clock, exact, shortId } from "../../parts/format";
import { Icon } from "../../parts/icon";
import { List } from "../../parts/list/list";
import type { Column, Facet } from "../../parts/list/types";
import { Answer, Empty, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";
import { actorOf, lineOf, nameIn } from "./sentence";

const columns: Column<JournalEvent>[] = [
  {
    id: "what",
    name: "What",
    width: 320,
    sortable: false,
    value: lineOf,
    render: (row) => <span className="cut">{lineOf(row)}</span>,
  },
  {
    id: "time",
    name: "Time",
    width: 110,
    sortable: false,
    value: (row) => row.at ?? "",
    render: (row) => <Time at={row.at} />,
  },
  {
    id: "exact",
    name: "Exact time",
    width: 232,
    from: 1000,
    sortable: false,
    value: (row) => row.at ?? "",
    render: (row) => (row.at ? exact(row.at) : ""),
  },
  { id: "who", name: "Who", width: 120, from: 420, sortable: false, value: actorOf, render: actorOf },
  {
    id: "asset",
    name: "Asset",
    width: 200,
    from: 900,
    sortable: false,
    value: (row) => nameIn(row) || row.subject,
    render: (row) => (row.subject ? <span title={row.subject}>{nameIn(row) || shortId(row.subject)}</span> : ""),
  },
  {
    id: "kind",
    name: "Kind",
    width: 170,
    from: 760,
    sortable: false,
    value: (row) => row.kind,
    render: (row) => <code>{row.kind}</code>,
  },
  {
    id: "number",
    name: "Entry",
    width: 90,
    align: "right",
    from: 860,
    sortable: false,
    value: (row) => row.sequence,
    render: (row) => row.sequence,
  },
];

const kinds = [
  { value: "asset.", label: "assets" },
  { value: "score.", label: "scores" },
  { value: "threats.", label: "threats" },
  { value: "detection.", label: "detections" },
  { value: "exception.", label: "exceptions" },
  { value: "response.", label: "responses" },
  { value: "policy.", label: "policies" },
  { value: "scan.", label: "scans" },
  { value: "auth.", label: "signing in" },
  { value: "user.", label: "accounts" },
  { value: "token.", label: "tokens" },
];

const facets: Facet<JournalEvent>[] = [
  { id: "kind", name: "Kind", options: kinds },
  {
    id: "by",
    name: "By",
    options: [
      { value: "person", label: "people" },
      { value: "program", label: "Plimsoll itself" },
    ],
    of: (row) => (row.actor.startsWith("user:") || row.actor.startsWith("token:") ? "person" : "program"),
  },
];

export default function Log() {
  const { query } = useAddress();
  const kind = query.get("kind") ?? "";
  const several = kind.includes(",");
  const pages = usePages<JournalEvent>(
    ["events"],
    "/events",
    { newest_first: true, kind: several ? undefined : kind },
    { by: "after" },
  );
  const known = facets.map((facet) =>
    facet.id === "kind" && several
      ? { ...facet, of: (row: JournalEvent) => kinds.find((each) => row.kind.startsWith(each.value))?.value ?? "" }
      : facet,
  );
  return (
    <>
      <h1 className="unseen">Log</h1>
      <Answer of={pages} what="the log">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="log"
              label="Log"
              rows={rows}
              source={source}
              keyOf={(row) => String(row.sequence)}
              columns={columns}
              facets={known}
              sort={{ column: "time", down: true }}
              open={(row) => ({ kind: "event", id: String(row.sequence) })}
              actions={<Verify />}
              empty={
                <Empty title="Nothing of this kind is in the log.">
                  Everything that changes, and everything that somebody does, is written here.
                </Empty>
              }
            />
          );
        }}
      </Answer>
    </>
  );
}

// Whether an entry was changed, removed or added: the chain of hashes is walked by the service.
function Verify() {
  const may = useMay("admin");
  const verify = useMutation({ mutationFn: () => get<Verification>("/log/verification") });
  const found = verify.data;
  return (
    <>
      <span role="status" className="small">
        {verify.isPending && "Checking the chain …"}
        {verify.error && messageOf(verify.error)}
        {found &&
          !verify.isPending &&
          (found.whole ? (
            `verified to entry ${found.last} at ${clock(verify.submittedAt)}: whole`
          ) : (
            <b>
              not whole: {found.faults.length} {found.faults.length === 1 ? "fault" : "faults"}, the first at entry{" "}
              {String((found.faults[0] as { at?: number } | undefined)?.at ?? "?")}
            </b>
          ))}
      </span>
      <button
        type="button"
        className="button"
        disabled={!may || verify.isPending}
        title={may ? "Check that no entry was changed, removed or added" : "An admin can check it"}
        onClick={() => verify.mutate()}
      >
        <Icon name="check" />
        Verify
      </button>
    </>
  );
}
