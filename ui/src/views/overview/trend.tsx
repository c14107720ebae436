// The threat level of the whole over 30 days.
import { useTrend } from "../../api/queries";
import { Chart } from "../../parts/chart";
import { Answer } from "../../parts/states";

const days = 30;

export function Trend() {
  const trend = useTrend(days);
  return (
    <Answer of={trend} what="the trend">
      {(data) => {
        const points = data.items.map((point) => ({ at: Date.parse(point.at), score: point.worst_score }));
        if (points.length === 0) return <p className="quiet small">The trend of 30 days begins with the first scan.</p>;
        return (
          <Chart
            label={`Worst score, ${days} days`}
            points={points}
            since={Math.max(Date.now() - days * 86_400_000, points[0]?.at ?? 0)}
          />
        );
      }}
    </Answer>
  );
}
