// The moment that is shown: now, or one of the last day or week, played forward.
import { useEffect, useState } from "react";
import { duration, exact } from "../parts/format";
import { Icon } from "../parts/icon";
import { goTo, liveWindow, type Moment, useAhead } from "./graph_query";

const windows = [600, 3600, 21_600, 86_400, 604_800];
const step = 600; // seconds: the journal keeps flows in buckets of ten minutes
const beat = 700; // milliseconds between the moments of a playback
const ranges = { "86400": "the last day", "604800": "the last week" } as const;

const rounded = (time: number) => Math.floor(time / (step * 1000)) * step * 1000;
const textOf = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

export function TimeBar({ moment, busy }: { moment: Moment; busy: boolean }) {
  const [range, setRange] = useState<keyof typeof ranges>("86400");
  const [playing, setPlaying] = useState(false);
  const [now, setNow] = useState(() => rounded(Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setNow(rounded(Date.now())), 30_000);
    return () => clearInterval(timer);
  }, []);
  const ahead = useAhead();
  const at = moment.at ? Date.parse(moment.at) : null;
  const steps = Number(range) / step;
  const pace = range === "86400" ? step * 2 : step * 12;
  const value = at === null ? steps : Math.max(0, Math.min(steps - 1, steps - Math.round((now - at) / (step * 1000))));
  const jump = (place: number) => goTo({ at: place >= steps ? null : textOf(now - (steps - place) * step * 1000) });

  useEffect(() => {
    if (!playing || at === null || busy) return;
    const next = at + pace * 1000;
    ahead({ at: textOf(next), window: moment.window });
    const timer = setTimeout(() => {
      if (next < now) return goTo({ at: textOf(next) });
      setPlaying(false);
      goTo({ at: null });
    }, beat);
    return () => clearTimeout(timer);
  }, [playing, at, busy, now, pace, moment.window, ahead]);

  const toggle = () => {
    if (!playing && at === null) jump(0);
    setPlaying(!playing);
  };
  const said = at === null ? "now" : exact(at);
  return (
    <div className="net-time" role="group" aria-label="Time">
      <button
        type="button"
        className="button"
        onClick={toggle}
        aria-label={playing ? "Pause" : "Play what happened"}
        title={playing ? "Pause" : "Play what happened"}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={said}
        min={0}
        max={steps}
        value={value}
        onChange={(event) => {
          setPlaying(false);
          jump(Number(event.target.value));
        }}
      />
      <output className="net-at">{said}</output>
      <button
        type="button"
        className="button"
        disabled={at === null}
        onClick={() => {
          setPlaying(false);
          goTo({ at: null });
        }}
      >
        Now
      </button>
      <label className="select">
        <span>within</span>
        <select value={range} onChange={(event) => setRange(event.target.value as keyof typeof ranges)}>
          {Object.entries(ranges).map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label className="select">
        <span>traffic of</span>
        <select
          value={moment.window}
          onChange={(event) => goTo({ at: moment.at, window: Number(event.target.value) })}
          title="Connections of so long before the moment are drawn and added up"
        >
          {[...new Set([...windows, moment.window, liveWindow])]
            .sort((a, b) => a - b)
            .map((seconds) => (
              <option key={seconds} value={seconds}>
                {duration(seconds)}
              </option>
            ))}
        </select>
      </label>
    </div>
  );
}
