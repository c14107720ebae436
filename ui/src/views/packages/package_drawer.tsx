// One package: which assets have it, in which version.
import { part } from "../../api/client";
import { sourceOf, usePages, useSummary } from "../../api/queries";
import type { PackageHolder } from "../../api/types";
import { Badge } from "../../parts/badge";
import { Drawer } from "../../parts/drawer";
import { plural } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer } from "../../parts/states";
import { packageOf } from "./package_id";

const columns: Column<PackageHolder>[] = [
  {
    id: "name",
    name: "Asset",
    width: 180,
    value: (row) => row.name,
    render: (row) => (
      <span className="marks">
        <Badge size={20} score={row.score} level={row.level} partly={row.not_assessed > 0} />
        <span className="cut">{row.name}</span>
      </span>
    ),
  },
  {
    id: "version",
    name: "Version",
    width: 200,
    value: (row) => row.version,
    render: (row) => <code title={row.version}>{row.version}</code>,
  },
  { id: "kind", name: "Kind", width: 90, from: 420, value: (row) => row.kind, render: (row) => row.kind },
  {
    id: "node",
    name: "Node",
    width: 130,
    from: 520,
    value: (row) => row.node,
    render: (row) => <span className="cut">{row.node}</span>,
  },
];

export default function PackageDrawer({ id }: { id: string }) {
  const { type, name } = packageOf(id);
  const holders = usePages<PackageHolder>(["assets", "package", id], `/packages/${part(name)}/assets`, { type });
  return (
    <Drawer title={name}>
      <div className="drawer-sub">
        <span>{type} package</span>
      </div>
      <Answer of={holders} what="who has this package">
        {() => {
          const { rows, source } = sourceOf(holders);
          return (
            <List
              name="package-assets"
              label="Who has it"
              prefix="d."
              rows={rows}
              source={source}
              keyOf={(row) => `${row.asset} ${row.version}`}
              columns={columns}
              sort={{ column: "", down: false }}
              open={(row) => ({ kind: "asset", id: row.asset })}
              empty={<p className="state">Nobody is known to have it now.</p>}
              footer={<Unread />}
            />
          );
        }}
      </Answer>
    </Drawer>
  );
}

// What could not be read may hold the package, too.
function Unread() {
  const summary = useSummary();
  const unread = summary.data?.not_assessed ?? 0;
  if (unread === 0) return null;
  return (
    <p className="list-footer quiet">{plural(unread, "asset")} could not be assessed in whole and may have it, too.</p>
  );
}
