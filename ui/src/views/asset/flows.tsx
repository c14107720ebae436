// Who this asset talks to.
import { useFlowsOf } from "../../api/queries";
import type { Flow } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { count, traffic } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column, Facet } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";
import { useNames } from "./names";

interface Row {
  flow: Flow;
  outgoing: boolean;
  other: Flow["from"];
  name: string;
}

const columns: Column<Row>[] = [
  {
    id: "way",
    name: "Other end",
    width: 220,
    value: (row) => `${row.outgoing ? "to" : "from"} ${row.name}`,
    render: (row) => (
      <span className="cut">
        <span className="quiet">{row.outgoing ? "to " : "from "}</span>
        {row.other.asset ? (
          <a href={openAddress({ kind: "asset", id: row.other.asset })} onClick={follow}>
            {row.name}
          </a>
        ) : (
          <code>{row.name}</code>
        )}
        {row.other.wan && <span className="tag"> outside</span>}
      </span>
    ),
  },
  {
    id: "protocol",
    name: "Protocol",
    width: 120,
    value: (row) => row.flow.application || row.flow.transport,
    render: (row) => row.flow.application || row.flow.transport.toUpperCase(),
  },
  {
    id: "port",
    name: "Port",
    width: 70,
    align: "right",
    from: 420,
    value: (row) => row.flow.to.port,
    render: (row) => row.flow.to.port || "",
  },
  {
    id: "seen",
    name: "Seen",
    width: 120,
    from: 380,
    value: (row) => (row.flow.seen ? "seen" : "only permitted"),
    render: (row) => (row.flow.seen ? "seen" : <span className="quiet">only permitted</span>),
  },
  {
    id: "bytes",
    name: "Traffic",
    width: 116,
    align: "right",
    down: true,
    value: (row) => row.flow.bytes,
    render: (row) => (row.flow.seen ? traffic(row.flow.bytes) : ""),
  },
  {
    id: "connections",
    name: "Opened",
    width: 80,
    align: "right",
    down: true,
    from: 560,
    value: (row) => row.flow.connections,
    render: (row) => (row.flow.seen ? count(row.flow.connections) : ""),
  },
  {
    id: "last",
    name: "Last",
    width: 100,
    down: true,
    from: 660,
    value: (row) => row.flow.last_seen ?? "",
    render: (row) => <Time at={row.flow.last_seen} none="" />,
  },
];

const facets: Facet<Row>[] = [
  {
    id: "seen",
    name: "Seen",
    options: [
      { value: "yes", label: "seen" },
      { value: "no", label: "only permitted" },
    ],
    of: (row) => (row.flow.seen ? "yes" : "no"),
  },
];

export function Flows({ id }: { id: string }) {
  const flows = useFlowsOf(id);
  const nameOf = useNames();
  return (
    <Answer of={flows} what="its connections">
      {(data) => {
        const rows = data.items.map((flow): Row => {
          const outgoing = flow.from.asset === id;
          const other = outgoing ? flow.to : flow.from;
          return { flow, outgoing, other, name: other.asset ? nameOf(other.asset) : other.address || "outside" };
        });
        rows.sort((a, b) => Number(b.flow.seen) - Number(a.flow.seen) || b.flow.bytes - a.flow.bytes);
        return (
          <List
            name="flows"
            label="Connections"
            prefix="d."
            rows={rows}
            keyOf={({ flow }) =>
              `${flow.from.asset}${flow.from.address} ${flow.to.asset}${flow.to.address} ${flow.to.port} ${flow.application} ${flow.transport}`
            }
            columns={columns}
            facets={facets}
            sort={{ column: "bytes", down: true }}
            empty={
              <Empty title="Nothing was said in the last day.">
                Connections show here within a minute of being opened.
              </Empty>
            }
          />
        );
      }}
    </Answer>
  );
}
