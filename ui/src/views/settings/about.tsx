// What the service is, how it is confined, and how its journal does.
import { useStatus } from "../../api/queries";
import { scanOf } from "../../frame/scan";
import { bytes } from "../../parts/format";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";

interface Journal {
  writable: boolean;
  fault: string;
  bytes: number;
  newest_event: number;
  oldest_event: string | null;
}
interface Layer {
  name: string;
  in_force: boolean;
  detail: string;
}

export function About() {
  const status = useStatus();
  return (
    <section className="block">
      <h2>About</h2>
      <Answer of={status} what="the state of the service">
        {(data) => {
          const journal = data.journal as unknown as Journal;
          const scan = scanOf(data);
          return (
            <>
              <dl className="facts">
                <dt>Plimsoll</dt>
                <dd>{data.version}</dd>
                <dt>Last scan</dt>
                <dd>
                  <Time at={scan?.last} />
                  {scan?.fault && <b> failed: {scan.fault}</b>}
                </dd>
                <dt>Journal</dt>
                <dd>
                  {journal.writable ? "takes entries" : <b>takes no entries: {journal.fault}</b>},{" "}
                  {journal.newest_event} so far, {bytes(journal.bytes)}, since <Time at={journal.oldest_event} />
                </dd>
                <dt>API</dt>
                <dd>
                  <a href="/api/v1/openapi.yaml" download="plimsoll-openapi.yaml">
                    its description (OpenAPI)
                  </a>
                </dd>
              </dl>
              <h3>How the process that speaks to the network is confined</h3>
              <dl className="facts">
                {(data.confinement as unknown as Layer[]).map((layer) => (
                  <div className="facts-pair" key={layer.name}>
                    <dt>{layer.name}</dt>
                    <dd>
                      {layer.in_force ? "in force" : <b>not in force</b>}
                      {layer.detail && <span className="quiet">: {layer.detail}</span>}
                    </dd>
                  </div>
                ))}
              </dl>
            </>
          );
        }}
      </Answer>
    </section>
  );
}
