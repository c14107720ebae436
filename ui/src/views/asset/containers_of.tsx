// The containers of one node.
import { sourceOf, usePages } from "../../api/queries";
import type { Asset } from "../../api/types";
import { List } from "../../parts/list/list";
import { Answer, Empty } from "../../parts/states";
import { containerColumns } from "../containers/containers";

const columns = containerColumns.filter((column) => column.id !== "node");

export function ContainersOf({ node }: { node: string }) {
  const pages = usePages<Asset>(["assets"], "/assets", { kind: "container", node, trail: true }, { more: 200 });
  return (
    <Answer of={pages} what="its containers">
      {() => {
        const { rows, source } = sourceOf(pages);
        return (
          <List
            name="containers-of"
            label="Containers"
            prefix="d."
            rows={rows}
            source={source}
            keyOf={(row) => row.id}
            columns={columns}
            sort={{ column: "score", down: true }}
            open={(row) => ({ kind: "asset", id: row.id })}
            empty={<Empty title="No container runs on it." />}
          />
        );
      }}
    </Answer>
  );
}
