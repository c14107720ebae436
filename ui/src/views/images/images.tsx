// Every image that runs or was scanned, worst first.
import { sourceOf, useDatabase, usePages } from "../../api/queries";
import type { Counts, Image } from "../../api/types";
import { useAddress } from "../../parts/address";
import { CountsOf } from "../../parts/asset_bits";
import { Badge } from "../../parts/badge";
import { bytes, count, shortId } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";

const countsOf = (row: Image) => (row.counts ?? null) as Counts | null;

// A content that was matched with the starter pack alone, or with nothing, is not known to be safe.
function Own({ of }: { of: NonNullable<Image["own"]> }) {
  const { data } = useDatabase();
  return <Badge size={20} score={of.score} level={of.level} partly={!data?.present || data.starter_pack} />;
}

const columns: Column<Image>[] = [
  {
    id: "name",
    name: "Image",
    width: 240,
    value: (row) => row.name || row.id,
    render: (row) => (
      <span className="cut" title={row.names.join("\n")}>
        {row.name || shortId(row.id)}
      </span>
    ),
  },
  {
    id: "worst",
    name: "Worst container",
    width: 210,
    down: true,
    value: (row) => (row.worst ? Number(row.worst.score) : null),
    render: (row) =>
      row.worst ? (
        <span className="marks">
          <Badge size={20} score={Number(row.worst.score)} partly={Number(row.worst.not_assessed) > 0} />
          <span className="cut">{String(row.worst.name)}</span>
        </span>
      ) : (
        <span className="quiet">none runs it</span>
      ),
  },
  {
    id: "own",
    name: "By itself",
    width: 92,
    down: true,
    from: 480,
    value: (row) => row.own?.score ?? null,
    render: (row) => (row.own ? <Own of={row.own} /> : <span className="quiet">not assessed</span>),
    hint: "Its content alone, as if nothing could connect to it",
  },
  {
    id: "running",
    name: "Running",
    width: 84,
    align: "right",
    down: true,
    from: 400,
    value: (row) => row.running,
    render: (row) => count(row.running),
  },
  {
    id: "counts",
    name: "Crit High Med",
    width: 124,
    down: true,
    from: 720,
    value: (row) =>
      countsOf(row) ? countsOf(row)!.critical * 1e6 + countsOf(row)!.high * 1e3 + countsOf(row)!.medium : null,
    text: (row) =>
      countsOf(row)
        ? `${countsOf(row)!.critical} critical, ${countsOf(row)!.high} high, ${countsOf(row)!.medium} medium`
        : "",
    render: (row) => countsOf(row) && <CountsOf counts={countsOf(row)!} />,
  },
  {
    id: "base",
    name: "Base",
    width: 140,
    from: 840,
    value: (row) => row.base || row.os,
    render: (row) => row.base || row.os || <span className="quiet">unknown</span>,
  },
  {
    id: "created",
    name: "Created",
    width: 100,
    down: true,
    from: 940,
    value: (row) => row.created ?? "",
    render: (row) => <Time at={row.created} none="unknown" />,
  },
  {
    id: "size",
    name: "Size",
    width: 90,
    align: "right",
    down: true,
    from: 1020,
    value: (row) => row.size,
    render: (row) => (row.size === null ? "" : bytes(row.size)),
  },
  {
    id: "layers",
    name: "Layers",
    width: 70,
    align: "right",
    down: true,
    from: 1100,
    value: (row) => row.layers,
    render: (row) => row.layers ?? "",
  },
];

export default function Images() {
  const { query } = useAddress();
  const pages = usePages<Image>(["images"], "/images", { text: query.get("q") });
  return (
    <>
      <h1 className="unseen">Images</h1>
      <Answer of={pages} what="the images">
        {() => {
          const { rows, source } = sourceOf(pages);
          return (
            <List
              name="images"
              label="Images"
              rows={rows}
              source={source}
              keyOf={(row) => row.id}
              columns={columns}
              sort={{ column: "worst", down: true }}
              serverText
              score={(row) => Number(row.worst?.score ?? 0)}
              open={(row) => ({ kind: "image", id: row.id })}
              empty={
                <Empty title="No container runs an image." command="plimsoll demo up">
                  What runs shows here by itself. A harmless scene to look at:
                </Empty>
              }
            />
          );
        }}
      </Answer>
    </>
  );
}
