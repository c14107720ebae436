// The load line of tables: 0 to 100 with the levels' borders as ticks, a line at the score, and where it was in the last
// seven days as a faint trail.
import { levelOf } from "./badge";

export function LoadLine({
  score,
  trail,
  partly,
}: {
  score: number;
  trail?: { low: number; high: number } | null;
  partly?: boolean;
}) {
  return (
    <svg
      className={`loadline level-${levelOf(score)}`}
      viewBox="0 0 100 16"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className="loadline-base" d="M0 8h100" />
      <path className="loadline-tick" d="M10 5v6M40 5v6M70 5v6M90 5v6" />
      {trail && trail.high > trail.low && <path className="loadline-trail" d={`M${trail.low} 8H${trail.high}`} />}
      <path className={partly ? "loadline-fill loadline-partly" : "loadline-fill"} d={`M0 8H${score}`} />
      <path className="loadline-mark" d={`M${Math.min(99, Math.max(1, score))} 1v14`} />
    </svg>
  );
}
