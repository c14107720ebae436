// The network as a table: the same arrows, to be searched, sorted, filtered and exported.
import { useMemo } from "react";
import { Badge } from "../parts/badge";
import { count, traffic } from "../parts/format";
import { List } from "../parts/list/list";
import type { Column, Facet } from "../parts/list/types";
import { Empty } from "../parts/states";
import { Time } from "../parts/time";
import { UnderMark } from "../parts/under";
import { type Graph, outside } from "./model";
import { type ArrowRow, type End, pairOf, rowsOf } from "./rows";

function EndCell({ end }: { end: End }) {
  return (
    <span className="net-end">
      {end.asset ? (
        <Badge size={20} score={end.asset.score} level={end.asset.level} partly={end.asset.not_assessed > 0} />
      ) : (
        <span className="net-no-badge" />
      )}
      <span className="cut" title={end.name}>
        {end.name}
      </span>
      {end.asset && <UnderMark of={end.asset.responses} />}
    </span>
  );
}

// Both ends are what a row is about: on a phone they share the width, and the rest is a swipe or the details away.
const onPhone = typeof matchMedia !== "undefined" && matchMedia("(max-width: 700px)").matches;

const columns: Column<ArrowRow>[] = [
  {
    id: "from",
    name: "From",
    width: 240,
    render: (row) => <EndCell end={row.from} />,
    value: (row) => row.from.name,
    hint: "Who opened the connections",
  },
  {
    id: "to",
    name: "To",
    width: onPhone ? 136 : 240,
    render: (row) => <EndCell end={row.to} />,
    value: (row) => row.to.name,
  },
  {
    id: "protocol",
    name: "Protocol",
    width: onPhone ? 84 : 130,
    render: (row) => row.protocol,
    value: (row) => row.protocol,
  },
  {
    id: "detected",
    name: "Detected",
    width: 200,
    from: 560,
    down: true,
    render: (row) => <span className="cut net-detected">{row.detections.map((each) => each.title).join(", ")}</span>,
    value: (row) => row.detections.map((each) => each.title).join(", "),
  },
  {
    id: "bytes",
    name: "Traffic",
    width: 120,
    from: 480,
    align: "right",
    down: true,
    render: (row) => (row.seen ? traffic(row.bytes) : ""),
    value: (row) => row.bytes,
  },
  {
    id: "connections",
    name: "Connections",
    width: 110,
    align: "right",
    from: 760,
    down: true,
    render: (row) => (row.seen ? count(row.connections) : ""),
    value: (row) => row.connections,
  },
  {
    id: "seen",
    name: "Seen",
    width: 90,
    from: 480,
    render: (row) => (row.seen ? "seen" : <span className="quiet">possible</span>),
    value: (row) => (row.seen ? "seen" : "possible"),
  },
  {
    id: "last",
    name: "Last",
    width: 110,
    from: 860,
    down: true,
    render: (row) => (row.last ? <Time at={row.last} /> : ""),
    value: (row) => row.last,
  },
  {
    id: "from_node",
    name: "From node",
    width: 140,
    from: 1400,
    render: (row) => row.from.asset?.node ?? "",
    value: (row) => row.from.asset?.node ?? "",
  },
  {
    id: "to_node",
    name: "To node",
    width: 140,
    from: 1400,
    render: (row) => row.to.asset?.node ?? "",
    value: (row) => row.to.asset?.node ?? "",
  },
];

function facetsOf(rows: ArrowRow[]): Facet<ArrowRow>[] {
  const protocols = [...new Set(rows.map((row) => row.protocol))].filter(Boolean).sort().slice(0, 60);
  return [
    {
      id: "protocol",
      name: "Protocol",
      options: protocols.map((value) => ({ value, label: value })),
      of: (row) => row.protocol,
    },
    {
      id: "edge",
      name: "Outside",
      options: [
        { value: "in", label: "comes from outside" },
        { value: "out", label: "goes outside" },
        { value: "inside", label: "stays inside" },
      ],
      of: (row) => (row.from.id === outside ? "in" : row.to.id === outside ? "out" : "inside"),
    },
    {
      id: "known",
      name: "Seen",
      options: [
        { value: "seen", label: "seen" },
        { value: "possible", label: "only possible" },
      ],
      of: (row) => (row.seen ? "seen" : "possible"),
    },
    {
      id: "attack",
      name: "Attack",
      options: [{ value: "yes", label: "detected" }],
      of: (row) => (row.detections.length > 0 ? "yes" : "no"),
    },
  ];
}

export function ArrowTable({ graph }: { graph: Graph }) {
  const rows = useMemo(() => rowsOf(graph), [graph]);
  const facets = useMemo(() => facetsOf(rows), [rows]);
  return (
    <List
      name="network"
      label="Connections"
      rows={rows}
      keyOf={(row) => row.id}
      columns={columns}
      facets={facets}
      groups={[
        { id: "from", name: "From", of: (row) => row.from.name },
        { id: "to", name: "To", of: (row) => row.to.name },
        { id: "node", name: "Node of To", of: (row) => row.to.asset?.node ?? "none" },
        { id: "protocol", name: "Protocol", of: (row) => row.protocol },
      ]}
      sort={{ column: "bytes", down: true }}
      serverSorts={[]}
      open={(row) => ({ kind: "flow", id: pairOf(row.from.id, row.to.id) })}
      placeholder="Search names, addresses, protocols"
      empty={
        <Empty title="No connection was seen in this time.">
          A longer time may show more. Connections are seen by the probe, which needs root; under Settings stands what
          it could not see.
        </Empty>
      }
    />
  );
}
