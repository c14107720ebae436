// Receivers and streams, how delivery goes, and a test message.
import { useQuery } from "@tanstack/react-query";
import { get, part } from "../../api/client";
import type { Delivery, Receiver, Stream, Receivers as Told } from "../../api/types";
import { Code } from "../../parts/copy";
import { count, plural } from "../../parts/format";
import { actions, SimpleTable } from "../../parts/simple_table";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";
import { DoNow } from "./do_now";

const key = ["receivers"];
const every = 10_000; // milliseconds

export function Receivers() {
  const told = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<Told>("/receivers", {}, signal),
    refetchInterval: every,
  });
  return (
    <Answer of={told} what="the receivers">
      {(data) => (
        <>
          {data.receivers.length > 0 && !data.connected && (
            <p className="form-error" role="alert">
              The process that delivers is not running: nothing leaves until it is back. Messages wait on disk.
            </p>
          )}
          {data.receivers.length === 0 ? (
            <p>No receiver is described, so nobody is told anything. Below are the lines for one.</p>
          ) : (
            <ReceiverTable receivers={data.receivers} />
          )}
          {data.streams.length > 0 && <StreamTable streams={data.streams} />}
        </>
      )}
    </Answer>
  );
}

function ReceiverTable({ receivers }: { receivers: Receiver[] }) {
  return (
    <SimpleTable name="Receivers" heads={["Receiver", "Where", "Delivery", actions]}>
      {receivers.map((receiver) => (
        <tr key={receiver.name}>
          <th scope="row">
            {receiver.name} <span className="quiet small">{receiver.kind}</span>
          </th>
          <td>
            <Code text={receiver.where} />
          </td>
          <td>
            <State of={receiver} one="message" />
          </td>
          <td>
            <Test name={receiver.name} />
          </td>
        </tr>
      ))}
    </SimpleTable>
  );
}

function StreamTable({ streams }: { streams: Stream[] }) {
  return (
    <>
      <h3>Streams of events</h3>
      <SimpleTable name="Streams" heads={["Stream", "To", "Events", "Delivery"]}>
        {streams.map((stream) => (
          <tr key={stream.name}>
            <th scope="row">{stream.name}</th>
            <td>
              {stream.to} <span className="quiet small">as {stream.format}</span>
            </td>
            <td>{stream.kinds.length === 0 ? "all" : stream.kinds.join(", ")}</td>
            <td>
              <State of={stream} one="event" />
            </td>
          </tr>
        ))}
      </SimpleTable>
    </>
  );
}

// What is not known to have arrived is not said to work.
function State({ of, one }: { of: Delivery; one: string }) {
  const delivered = of.delivered > 0 && `${plural(of.delivered, one)} since the start`;
  return (
    <>
      {of.failures > 0 ? (
        <b>
          failing since <Time at={of.failing_since} none="an unknown time" />: {of.fault}
        </b>
      ) : of.last_delivered ? (
        <>
          arrived <Time at={of.last_delivered} />
        </>
      ) : (
        <span className="quiet">nothing sent yet</span>
      )}
      {delivered && <span className="quiet">, {delivered}</span>}
      {of.waiting > 0 && <div>{plural(of.waiting, one)} waiting</div>}
      {of.given_up > 0 && <b>{count(of.given_up)} given up</b>}
    </>
  );
}

interface Tried {
  delivered: boolean;
  why: string;
}

function Test({ name }: { name: string }) {
  return (
    <DoNow<Tried>
      word="Test"
      label={`Test: a message to ${name}`}
      path={`/receivers/${part(name)}/test`}
      stale={key}
      told={({ isPending, data }) => (
        <>
          {isPending && "sending …"}
          {data && (data.delivered ? "it arrived" : <b>it did not arrive: {data.why}</b>)}
        </>
      )}
    />
  );
}
