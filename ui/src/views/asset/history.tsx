// How the score went over time, with what happened on it.
import { useState } from "react";
import { useAssetHistory } from "../../api/queries";
import { Chart } from "../../parts/chart";
import { Answer, Empty } from "../../parts/states";
import { EventLine } from "../log/event_text";

const spans = [1, 7, 30, 365];
const day = 86_400_000;
const minute = 60_000;

export function HistoryTab({ id }: { id: string }) {
  const [days, setDays] = useState(30);
  // To the minute, so that the question stays the same for a while.
  const since = new Date(Math.floor((Date.now() - days * day) / minute) * minute).toISOString().replace(".000", "");
  const history = useAssetHistory(id, since);
  return (
    <div className="drawer-pad">
      <nav className="chips" aria-label="Time">
        {spans.map((span) => (
          <button
            key={span}
            type="button"
            className={span === days ? "chip chip-on chip-link" : "chip chip-link"}
            aria-pressed={span === days}
            onClick={() => setDays(span)}
          >
            {span === 1 ? "1 day" : span === 365 ? "1 year" : `${span} days`}
          </button>
        ))}
      </nav>
      <Answer of={history} what="its history">
        {(data) => {
          const points = data.items.flatMap((point) =>
            point.at ? [{ at: Date.parse(point.at), score: point.score }] : [],
          );
          const events = [...(data.events ?? [])].reverse();
          if (points.length === 0) return <Empty title="Nothing is known of this time." />;
          return (
            <>
              <Chart
                label="Score over time"
                points={points}
                since={Date.parse(since)}
                marks={events.flatMap((event) => (event.at ? [Date.parse(event.at)] : []))}
              />
              <section aria-labelledby="history-events">
                <h3 id="history-events">What happened</h3>
                {events.length === 0 && <p className="quiet">Nothing in this time.</p>}
                <ul className="events">
                  {events.map((event) => (
                    <EventLine key={event.sequence} event={event} />
                  ))}
                </ul>
              </section>
            </>
          );
        }}
      </Answer>
    </div>
  );
}
