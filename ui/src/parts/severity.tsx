// How bad a threat is: a mark whose form and colour say the same as the word beside it.
import type { Severity as Word } from "../api/types";

const names: Record<Word, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  unknown: "Not rated",
};
const heights: Record<Word, number> = { critical: 4, high: 3, medium: 2, low: 1, unknown: 0 };

export const rankOf = (level: Word) => heights[level];
export const nameOf = (level: Word) => names[level];
export const severities: Word[] = ["critical", "high", "medium", "low", "unknown"];

export function Severity({ level, short }: { level: Word; short?: boolean }) {
  const filled = heights[level];
  return (
    <span className={`severity level-${level === "unknown" ? "none" : level}`} title={short ? names[level] : undefined}>
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        role={short ? "img" : undefined}
        aria-label={short ? names[level] : undefined}
        aria-hidden={short ? undefined : true}
      >
        {[0, 1, 2, 3].map((i) => (
          <rect
            key={i}
            x={i * 4 + 0.5}
            y={12 - i * 3}
            width="3"
            height={3 + i * 3}
            className={i < filled ? "bar bar-on" : "bar"}
          />
        ))}
      </svg>
      {!short && names[level]}
    </span>
  );
}
