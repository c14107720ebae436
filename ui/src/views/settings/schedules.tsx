// Reports that are sent by themselves: when, to whom, how the last one went; and one now.
import { useQuery } from "@tanstack/react-query";
import { get, part } from "../../api/client";
import type { Schedule } from "../../api/types";
import { useMay } from "../../frame/me";
import { actions, SimpleTable } from "../../parts/simple_table";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";
import { DoNow } from "./do_now";

const key = ["schedules"];
const every = 30_000; // milliseconds

export function Schedules() {
  const schedules = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<{ items: Schedule[] }>("/schedules", {}, signal),
    refetchInterval: every,
  });
  return (
    <Answer of={schedules} what="the reports by the clock">
      {(data) =>
        data.items.length === 0 ? (
          <p>None. A report can go to a receiver every morning, every week or at any time of cron.</p>
        ) : (
          <SimpleTable name="Reports by the clock" heads={["Report", "To", "When", "Last", "Next", actions]}>
            {data.items.map((item) => (
              <Row key={item.name} of={item} />
            ))}
          </SimpleTable>
        )
      }
    </Answer>
  );
}

function Row({ of }: { of: Schedule }) {
  const may = useMay("operator");
  return (
    <tr>
      <th scope="row">
        {of.name}{" "}
        <span className="quiet small">
          {of.trend ? "trend" : "report"} as {of.format}
          {of.of && <>, of {of.of}</>}
        </span>
      </th>
      <td>{of.to.join(", ")}</td>
      <td>
        {of.when} <span className="quiet small">{of.time_zone}</span>
      </td>
      <td>
        <Time at={of.last} />
        {of.fault && <b className="cell-fault">not written: {of.fault}</b>}
      </td>
      <td>
        <Time at={of.next} none="not known" />
      </td>
      <td>{may && <RunNow name={of.name} />}</td>
    </tr>
  );
}

function RunNow({ name }: { name: string }) {
  return (
    <DoNow
      word="Send now"
      label={`Send now: the report ${name}`}
      path={`/schedules/${part(name)}/run`}
      stale={key}
      told={({ isSuccess }) => isSuccess && "on its way"}
    />
  );
}
