// The threat database: how old, of what, and its update with progress.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { change } from "../../api/client";
import { useDatabase } from "../../api/queries";
import type { Database } from "../../api/types";
import { useMay } from "../../frame/me";
import { CommandLine } from "../../parts/copy";
import { count } from "../../parts/format";
import { Icon } from "../../parts/icon";
import { SimpleTable } from "../../parts/simple_table";
import { Answer, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";

export function DatabaseSettings() {
  const client = useQueryClient();
  const may = useMay("operator");
  const database = useDatabase();
  const running = database.data?.update?.running ?? false;
  useDatabase(running); // asked often while it is being made
  const update = useMutation({
    mutationFn: () => change("POST", "/database/update", {}),
    onSettled: () => void client.invalidateQueries({ queryKey: ["database"] }),
  });
  return (
    <section className="block">
      <h2>Threat database</h2>
      <Answer of={database} what="the state of the database">
        {(data) => (
          <>
            <State data={data} />
            <div className="form-row">
              <button
                type="button"
                className="button button-main"
                disabled={!may || running || update.isPending}
                onClick={() => update.mutate()}
              >
                <Icon name="scan" />
                Update now
              </button>
              <span role="status">
                {running && data.update && <Running update={data.update} />}
                {!running && update.isSuccess && !data.update?.fault && "asked for"}
                {update.error && messageOf(update.error)}
              </span>
            </div>
            {data.update?.fault && (
              <p className="form-error" role="alert">
                The last update failed: {data.update.fault}
              </p>
            )}
            {(!data.present || data.starter_pack || data.old) && (
              <div className="block">
                <p>The same from a terminal, also without this service:</p>
                <CommandLine text="plimsoll db update" />
              </div>
            )}
            <Sources data={data} />
          </>
        )}
      </Answer>
    </section>
  );
}

function Running({ update }: { update: NonNullable<Database["update"]> }) {
  return (
    <>
      {update.step}{" "}
      {update.total > 0 && <progress value={update.done} max={update.total} aria-label="Progress of the update" />}
    </>
  );
}

function State({ data }: { data: Database }) {
  if (!data.present)
    return <p className="warn">There is none: no package can be matched, so vulnerabilities are not assessed.</p>;
  return (
    <p>
      {data.starter_pack ? (
        <b>Only the starter pack that is built in: it knows few, well-known vulnerabilities. </b>
      ) : null}
      {count(data.records)} records, built <Time at={data.built_at} none="at an unknown time" />.
      {data.old && <b> It is old: newer vulnerabilities are not in it.</b>}
    </p>
  );
}

function Sources({ data }: { data: Database }) {
  if (data.sources.length === 0) return null;
  return (
    <SimpleTable name="Sources of the database" heads={["Source", { name: "Records", right: true }, "Newest entry"]}>
      {data.sources.map((source) => (
        <tr key={source.name}>
          <th scope="row">{source.name}</th>
          <td className="right number">{count(source.records)}</td>
          <td>
            <Time at={source.date} none="not told" />
          </td>
        </tr>
      ))}
    </SimpleTable>
  );
}
