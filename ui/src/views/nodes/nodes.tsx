// FIG. 2B: every machine, worst first.
import { sourceOf, usePages } from "../../api/queries";
import type { Node } from "../../api/types";
import { useAddress } from "../../parts/address";
import { Gauge } from "../../parts/asset_bits";
import { Badge } from "../../parts/badge";
import { bytes, count, percent } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";

const runtimes = (row: Node) => row.runtimes.map((runtime) => `${runtime.name} ${runtime.version}`.trim()).join(", ");

const columns: Column<Node>[] = [
  {
    id: "name",
    name: "Name",
    width: 180,
    value: (row) => row.asset.name,
    render: (row) => <span className="cut">{row.asset.name}</span>,
  },
  {
    id: "score",
    name: "Score",
    width: 150,
    down: true,
    value: (row) => row.asset.score,
    render: (row) => <Gauge asset={row.asset} />,
  },
  {
    id: "os",
    name: "OS and kernel",
    width: 210,
    from: 560,
    value: (row) => `${row.asset.os} ${row.kernel}`,
    render: (row) => (
      <span className="cut" title={row.kernel}>
        {row.asset.os || "unknown"} <code>{row.kernel}</code>
      </span>
    ),
  },
  {
    id: "platform",
    name: "Platform",
    width: 130,
    from: 1100,
    value: (row) => row.platform || row.asset.platform,
    render: (row) => row.platform || row.asset.platform,
  },
  {
    id: "cpus",
    name: "CPUs",
    width: 60,
    align: "right",
    from: 760,
    down: true,
    value: (row) => row.cpus,
    render: (row) => <span title={row.cpu_model}>{row.cpus || "?"}</span>,
  },
  {
    id: "memory",
    name: "Memory",
    width: 86,
    align: "right",
    from: 820,
    down: true,
    value: (row) => row.memory_bytes,
    render: (row) => (row.memory_bytes ? bytes(row.memory_bytes) : "?"),
  },
  {
    id: "runtime",
    name: "Runtime",
    width: 150,
    from: 920,
    value: runtimes,
    render: (row) => <span title={runtimes(row)}>{runtimes(row) || <span className="quiet">none answers</span>}</span>,
  },
  {
    id: "containers",
    name: "Containers",
    width: 110,
    from: 460,
    down: true,
    value: (row) => row.containers,
    render: (row) => (
      <span className="marks">
        {row.worst_container && (
          <Badge
            size={20}
            score={Number(row.worst_container.score)}
            partly={Number(row.worst_container.not_assessed) > 0}
            label={`its worst container: ${row.worst_container.score}`}
          />
        )}
        {count(row.containers)}
      </span>
    ),
  },
  {
    id: "pass",
    name: "Checks passed",
    width: 110,
    align: "right",
    from: 640,
    value: (row) => row.pass_rate,
    render: (row) => (row.pass_rate === null ? <span className="quiet">not checked</span> : percent(row.pass_rate)),
    hint: "Of its checks; what could not be looked at is no pass",
  },
  {
    id: "scanned",
    name: "Scanned",
    width: 96,
    from: 1180,
    down: true,
    value: (row) => row.asset.scanned_at ?? "",
    render: (row) => <Time at={row.asset.scanned_at} />,
  },
];

export default function Nodes() {
  const { query } = useAddress();
  const pages = usePages<Node>(["nodes"], "/nodes", { text: query.get("q") });
  return (
    <>
      <h1 className="unseen">Nodes</h1>
      <Answer of={pages} what="the nodes">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="nodes"
              label="Nodes"
              rows={rows}
              source={source}
              keyOf={(row) => row.asset.id}
              columns={columns}
              sort={{ column: "score", down: true }}
              serverText
              score={(row) => row.asset.score}
              open={(row) => ({ kind: "asset", id: row.asset.id })}
              empty={
                <Empty title="No machine was scanned yet.">
                  The first scan begins when the service starts, and ends within a minute.
                </Empty>
              }
            />
          );
        }}
      </Answer>
    </>
  );
}
