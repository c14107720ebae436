// A score over time: steps, as a score holds until the next; the levels' borders as lines; events as ticks below.
import { exact } from "./format";
import { useWidth } from "./width";

export interface ChartPoint {
  at: number; // milliseconds
  score: number;
}

const [height, left, bottom] = [130, 26, 20];

export function Chart({
  label,
  points,
  since,
  until = Date.now(),
  marks = [],
}: {
  label: string;
  points: ChartPoint[];
  since: number;
  until?: number;
  marks?: number[];
}) {
  const { setElement, width: measured } = useWidth<HTMLDivElement>();
  const width = Math.max(200, measured);
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return null;
  const from = Math.min(since, first.at);
  const x = (at: number) => left + ((at - from) / Math.max(1, until - from)) * (width - left - 4);
  const y = (score: number) => 4 + ((100 - score) / 100) * (height - bottom - 8);
  const line =
    points
      .map((point, i) => (i === 0 ? `M${x(point.at)} ${y(point.score)}` : `H${x(point.at)}V${y(point.score)}`))
      .join("") + `H${x(until)}`;
  const highest = Math.max(...points.map((point) => point.score));
  const lowest = Math.min(...points.map((point) => point.score));
  const sameDay = until - from < 2 * 86_400_000;
  const say = (at: number) =>
    sameDay
      ? new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })
      : new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  const text = `${label}: now ${last.score}, between ${lowest} and ${highest} since ${exact(from)}`;
  return (
    <div ref={setElement} className="chart-box">
      <svg
        className="chart"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={text}
      >
        <title>{text}</title>
        {[10, 40, 70, 90].map((border) => (
          <g key={border}>
            <path className="chart-border" d={`M${left} ${y(border)}H${width - 4}`} />
            <text className="chart-text" x={left - 6} y={y(border)} textAnchor="end" dominantBaseline="central">
              {border}
            </text>
          </g>
        ))}
        <path className="chart-area" d={`${line}V${y(0)}H${x(first.at)}Z`} />
        <path className="chart-line" d={line} />
        <circle className="chart-dot" cx={x(until)} cy={y(last.score)} r="3" />
        {marks.map((at, i) => (
          <path key={`${at} ${i}`} className="chart-mark" d={`M${x(Math.max(from, at))} ${y(0)}v5`} />
        ))}
        <text className="chart-text" x={left} y={height - 4}>
          {say(from)}
        </text>
        <text className="chart-text" x={width - 4} y={height - 4} textAnchor="end">
          now
        </text>
      </svg>
    </div>
  );
}
