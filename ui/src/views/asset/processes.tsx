// The processes of one asset when it was looked at last.
import { useProcesses } from "../../api/queries";
import type { Process } from "../../api/types";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";

const fact = (of: unknown): string => {
  const told = of as { value?: unknown; unknown?: string } | undefined;
  return told?.value !== undefined && told.value !== null ? String(told.value) : told?.unknown ? "not known" : "";
};

const columns: Column<Process>[] = [
  {
    id: "name",
    name: "Process",
    width: 160,
    value: (row) => row.name,
    render: (row) => <span className="cut">{row.name}</span>,
  },
  { id: "pid", name: "PID", width: 80, align: "right", value: (row) => row.pid, render: (row) => row.pid },
  {
    id: "exe",
    name: "Program",
    width: 240,
    from: 360,
    value: (row) => row.exe,
    render: (row) => <code title={row.exe}>{row.exe}</code>,
  },
  {
    id: "uid",
    name: "User on the host",
    width: 130,
    from: 460,
    align: "right",
    value: (row) => fact(row.host_uid),
    render: (row) => (fact(row.host_uid) === "0" ? <b>root (0)</b> : fact(row.host_uid)),
  },
  {
    id: "capabilities",
    name: "Capabilities",
    width: 160,
    from: 640,
    value: (row) => fact(row.effective_capabilities),
    render: (row) => <code title={fact(row.effective_capabilities)}>{fact(row.effective_capabilities)}</code>,
  },
];

export function Processes({ id }: { id: string }) {
  const processes = useProcesses(id);
  return (
    <Answer of={processes} what="its processes">
      {(data) => (
        <List
          name="processes"
          label="Processes"
          prefix="d."
          rows={data.items}
          keyOf={(row) => String(row.pid)}
          columns={columns}
          sort={{ column: "pid", down: false }}
          empty={
            <Empty title="No process was seen in it.">It is not running, or its processes could not be read.</Empty>
          }
        />
      )}
    </Answer>
  );
}
