// FIG. 2A: every container, worst first.
import { sourceOf, usePages } from "../../api/queries";
import type { Asset } from "../../api/types";
import { useAddress } from "../../parts/address";
import { CountsOf, exposureOf, exposureText, Gauge, Marks, marks } from "../../parts/asset_bits";
import { shortId } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column, Facet, Grouping } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";
import { UnderMark } from "../../parts/under";
import { levels } from "../../theme/palette";

export const containerColumns: Column<Asset>[] = [
  {
    id: "name",
    name: "Name",
    width: 200,
    value: (row) => row.name,
    render: (row) => (
      <>
        <span className="cut">{row.name}</span>
        <UnderMark of={row.responses} />
      </>
    ),
  },
  {
    id: "score",
    name: "Score",
    width: 150,
    down: true,
    value: (row) => row.score,
    render: (row) => <Gauge asset={row} />,
    hint: "0 to 100; the faint band is the last 7 days",
  },
  {
    id: "counts",
    name: "Crit High Med",
    width: 124,
    down: true,
    from: 430,
    value: (row) => row.counts.critical * 1e6 + row.counts.high * 1e3 + row.counts.medium,
    text: (row) => `${row.counts.critical} critical, ${row.counts.high} high, ${row.counts.medium} medium`,
    render: (row) => <CountsOf counts={row.counts} />,
    hint: "Threats of critical, high and medium severity",
  },
  {
    id: "image",
    name: "Image",
    width: 190,
    from: 700,
    value: (row) => row.image,
    render: (row) => <code title={row.image}>{shortId(row.image)}</code>,
  },
  { id: "node", name: "Node", width: 120, from: 1180, value: (row) => row.node, render: (row) => row.node },
  {
    id: "os",
    name: "OS",
    width: 120,
    from: 900,
    value: (row) => row.os,
    render: (row) => row.os || <span className="quiet">unknown</span>,
  },
  {
    id: "exposure",
    name: "Exposure",
    width: 116,
    from: 580,
    down: true,
    value: (row) => exposureText(exposureOf(row)),
    render: (row) => <Marks of={exposureOf(row)} />,
    hint: marks.map((mark) => mark.text).join("; "),
  },
  { id: "status", name: "Status", width: 90, from: 1060, value: (row) => row.status, render: (row) => row.status },
  {
    id: "scanned",
    name: "Scanned",
    width: 100,
    from: 980,
    down: true,
    value: (row) => row.scanned_at ?? "",
    render: (row) => <Time at={row.scanned_at} />,
  },
];

export const levelOptions = [...levels].reverse().map((level) => ({ value: level, label: level }));

const facets: Facet<Asset>[] = [
  { id: "level", name: "Level", options: levelOptions },
  {
    id: "exposure",
    name: "Exposure",
    options: marks.map((mark) => ({ value: mark.id, label: mark.text })),
    of: (row) => exposureOf(row).map((exposed) => exposed.id),
  },
  {
    id: "response",
    name: "Response",
    options: [
      { value: "force", label: "in force" },
      { value: "waits", label: "waits for approval" },
    ],
    of: (row) => row.responses.map((each) => (each.phase === "asked" ? "waits" : "force")),
  },
  {
    id: "assessed",
    name: "Assessed",
    options: [
      { value: "whole", label: "whole" },
      { value: "partly", label: "not all of it" },
    ],
    of: (row) => (row.not_assessed > 0 ? "partly" : "whole"),
  },
];

const groups: Grouping<Asset>[] = [
  { id: "image", name: "image", of: (row) => row.image },
  { id: "node", name: "node", of: (row) => row.node },
  { id: "network", name: "network", of: (row) => [...(row.details?.networks ?? [])].sort().join(", ") },
  { id: "project", name: "compose project", of: (row) => row.labels["com.docker.compose.project"] ?? "" },
  { id: "namespace", name: "namespace", of: (row) => row.labels["io.kubernetes.pod.namespace"] ?? "" },
];

// What the address says -> what the server is asked for; other orders are made here.
const serverSorts: Record<string, string> = {
  "-score": "score",
  name: "name",
  "-counts": "critical",
  node: "node",
  image: "image",
  "-scanned": "scanned_at",
};

export default function Containers() {
  const { query } = useAddress();
  const pages = usePages<Asset>(
    ["assets"],
    "/assets",
    {
      kind: "container",
      level: query.get("level"),
      text: query.get("q"),
      sort: serverSorts[query.get("sort") ?? ""] ?? "score",
      trail: true,
    },
    { more: 200 }, // more rows with trails the server does not give at once
  );
  return (
    <>
      <h1 className="unseen">Containers</h1>
      <Answer of={pages} what="the containers">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="containers"
              label="Containers"
              rows={rows}
              source={source}
              keyOf={(row) => row.id}
              columns={containerColumns}
              facets={facets}
              groups={groups}
              sort={{ column: "score", down: true }}
              serverSorts={Object.keys(serverSorts)}
              serverText
              score={(row) => row.score}
              open={(row) => ({ kind: "asset", id: row.id })}
              empty={
                <Empty title="No container is running." command="plimsoll demo up">
                  What starts appears here within a second, whatever runs it. A harmless scene to look at:
                </Empty>
              }
            />
          );
        }}
      </Answer>
    </>
  );
}
