// The load-line mark: a circle filled from below to the score, with the line through its rim at that height. The number
// says the same, and the label says it in a word. What could not be assessed is hatched.
import { useId } from "react";
import type { Level } from "../theme/palette";

export const levelOf = (score: number): Level =>
  score >= 90 ? "critical" : score >= 70 ? "high" : score >= 40 ? "medium" : score >= 10 ? "low" : "minimal";

export interface BadgeProps {
  score: number | null; // null: not assessed at all
  size?: 20 | 32 | 96;
  partly?: boolean; // some of it could not be assessed
  level?: Level; // as the server judged; else by the score
  label?: string; // instead of "87 of 100, high"
}

export function Badge({ score, size = 32, partly = false, level: judged, label }: BadgeProps) {
  const id = useId();
  const known = score !== null;
  const level = judged ?? (known ? levelOf(score) : "minimal");
  const height = 40; // of the drawing, whatever the size
  const radius = 17;
  const middle = height / 2;
  const water = middle + radius - (radius * 2 * (score ?? 0)) / 100;
  const text =
    label ?? (known ? `${score} of 100, ${level}${partly ? ", not all of it assessed" : ""}` : "not assessed");
  return (
    <svg
      className={`badge badge-${size} level-${level}`}
      viewBox="0 0 52 40"
      width={(size * 52) / 40}
      height={size}
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      <defs>
        <clipPath id={`${id}c`}>
          <circle cx="26" cy={middle} r={radius} />
        </clipPath>
        <pattern id={`${id}h`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v5" className="hatch" />
        </pattern>
      </defs>
      <g clipPath={`url(#${id}c)`}>
        {(partly || !known) && <rect x="0" y="0" width="52" height="40" fill={`url(#${id}h)`} />}
        {known && <rect className="water" x="0" y={water} width="52" height={height} />}
      </g>
      <circle className="rim" cx="26" cy={middle} r={radius} strokeDasharray={known ? undefined : "4 3"} />
      {known && <path className="waterline" d={`M0 ${water}h12M40 ${water}h12`} />}
      <text
        className={known && score > 99 ? "long" : undefined}
        x="26"
        y={middle}
        dominantBaseline="central"
        textAnchor="middle"
      >
        {known ? score : "?"}
      </text>
    </svg>
  );
}
