// One image: what it is, its layers and what each brought, and who runs it.
import { useImage } from "../../api/queries";
import type { ImageDetail } from "../../api/types";
import { Badge } from "../../parts/badge";
import { Code } from "../../parts/copy";
import { Drawer, Tabs } from "../../parts/drawer";
import { bytes, count, shortId } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";
import { containerColumns } from "../containers/containers";

export default function ImageDrawer({ id }: { id: string }) {
  const image = useImage(id);
  const row = image.data?.image;
  return (
    <Drawer
      title={row?.name || shortId(id)}
      mark={row?.own && <Badge size={32} score={row.own.score} level={row.own.level} />}
    >
      <Answer of={image} what="this image">
        {(data) => (
          <>
            <div className="drawer-sub">
              <Code text={data.image.id} show={shortId(data.image.id)} />
              <span>{[data.image.base || data.image.os, data.image.platform].filter(Boolean).join(" · ")}</span>
              <span>
                created <Time at={data.image.created} none="at an unknown time" />
              </span>
              {data.image.size !== null && <span>{bytes(data.image.size)}</span>}
            </div>
            <Tabs
              label={`Details of ${data.image.name}`}
              tabs={[
                {
                  id: "containers",
                  name: "Containers",
                  count: count(data.containers.length),
                  body: () => <Runs data={data} />,
                },
                {
                  id: "layers",
                  name: "Layers",
                  count: data.layers.length ? count(data.layers.length) : undefined,
                  body: () => <Layers data={data} />,
                },
              ]}
            />
          </>
        )}
      </Answer>
    </Drawer>
  );
}

const columns = containerColumns.filter((column) => column.id !== "image");

function Runs({ data }: { data: ImageDetail }) {
  return (
    <List
      name="image-containers"
      label="Containers"
      prefix="d."
      rows={data.containers}
      keyOf={(row) => row.id}
      columns={columns}
      sort={{ column: "score", down: true }}
      open={(row) => ({ kind: "asset", id: row.id })}
      empty={<Empty title="No container runs it now." />}
    />
  );
}

type Layer = ImageDetail["layers"][number] & { at: number; base?: boolean };

const layerColumns: Column<Layer>[] = [
  {
    id: "by",
    name: "Made by",
    width: 300,
    value: (row) => row.created_by,
    render: (row) => (
      <>
        <code title={row.created_by} className="cut">
          {row.created_by || "not known"}
        </code>
        {row.base && (
          <>
            {" "}
            <span className="tag">base</span>
          </>
        )}
      </>
    ),
  },
  { id: "number", name: "Layer", width: 64, align: "right", value: (row) => row.at, render: (row) => row.at },
  {
    id: "size",
    name: "Size",
    width: 90,
    align: "right",
    down: true,
    value: (row) => row.size ?? null,
    render: (row) => (row.size === null || row.size === undefined ? "" : bytes(row.size)),
  },
  {
    id: "packages",
    name: "Packages",
    width: 104,
    align: "right",
    down: true,
    from: 420,
    value: (row) => row.packages ?? null,
    render: (row) => row.packages ?? <span className="quiet">not known</span>,
  },
  {
    id: "threats",
    name: "Threats",
    width: 104,
    align: "right",
    down: true,
    from: 480,
    value: (row) => row.threats ?? null,
    render: (row) => row.threats ?? <span className="quiet">not known</span>,
  },
];

function Layers({ data }: { data: ImageDetail }) {
  const rows = data.layers.map((layer, i): Layer => ({ ...layer, at: i + 1 }));
  return (
    <List
      name="layers"
      label="Layers"
      prefix="d."
      rows={rows}
      keyOf={(row) => String(row.at)}
      columns={layerColumns}
      sort={{ column: "number", down: false }}
      empty={<Empty title="The runtime does not tell its layers." />}
    />
  );
}
