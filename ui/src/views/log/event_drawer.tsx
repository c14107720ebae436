// One entry of the log, whole.
import { useEvents } from "../../api/queries";
import { follow, openAddress } from "../../parts/address";
import { Code } from "../../parts/copy";
import { Drawer } from "../../parts/drawer";
import { exact } from "../../parts/format";
import { Answer, Empty } from "../../parts/states";
import { actorOf, lineOf, nameIn } from "./sentence";

export default function EventDrawer({ id }: { id: string }) {
  const sequence = Number(id);
  const events = useEvents({ after: Math.max(0, sequence - 1) || undefined, limit: 1 });
  const event = events.data?.items.find((each) => each.sequence === sequence);
  return (
    <Drawer title={event ? lineOf(event) : `Entry ${id}`}>
      <div className="drawer-body">
        <Answer of={events} what="this entry">
          {() =>
            event ? (
              <div className="drawer-pad">
                <dl className="facts">
                  <dt>Time</dt>
                  <dd>{event.at && exact(event.at)}</dd>
                  <dt>Who</dt>
                  <dd>{actorOf(event)}</dd>
                  <dt>Kind</dt>
                  <dd>
                    <Code text={event.kind} />
                  </dd>
                  {event.subject && (
                    <>
                      <dt>Asset</dt>
                      <dd>
                        <a href={openAddress({ kind: "asset", id: event.subject })} onClick={follow}>
                          {nameIn(event) || event.subject}
                        </a>
                      </dd>
                    </>
                  )}
                  <dt>Entry</dt>
                  <dd>{event.sequence}</dd>
                  <dt>Hash</dt>
                  <dd>
                    <Code text={event.hash} />
                  </dd>
                </dl>
                <section aria-labelledby="event-body">
                  <h3 id="event-body">As it is written</h3>
                  <pre className="raw">{JSON.stringify(event.body, null, 2)}</pre>
                </section>
              </div>
            ) : (
              <Empty title="This entry is no longer there.">
                Old entries are taken out to keep the journal small; the chain says so.
              </Empty>
            )
          }
        </Answer>
      </div>
    </Drawer>
  );
}
