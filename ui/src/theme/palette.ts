// The five level colours, for light and dark. `mark` is for shapes (3:1 against the page), `ink` for text (4.5:1); the tests
// beside this file hold them to that, and apart for the three colour-blindnesses. Nothing else on the page uses them.
// theme/tokens.css carries the same values (a test compares).

export const levels = ["minimal", "low", "medium", "high", "critical"] as const;
export type Level = (typeof levels)[number];

export interface LevelColour {
  mark: string;
  ink: string;
}

export interface Palette {
  page: string;
  raised: string;
  text: string;
  quiet: string;
  line: string;
  accent: string;
  level: Record<Level, LevelColour>;
}

export const light: Palette = {
  page: "#ffffff",
  raised: "#f4f6f8",
  text: "#14202b",
  quiet: "#52616e",
  line: "#d5dce2",
  accent: "#1a5fa8",
  level: {
    minimal: { mark: "#5d6b82", ink: "#566472" },
    low: { mark: "#0d958c", ink: "#0b6b68" },
    medium: { mark: "#b97f00", ink: "#855a00" },
    high: { mark: "#c74405", ink: "#b03f04" },
    critical: { mark: "#a80a32", ink: "#a80a32" },
  },
};

export const dark: Palette = {
  page: "#10171e",
  raised: "#18212a",
  text: "#e4eaef",
  quiet: "#9fadb9",
  line: "#2c3843",
  accent: "#6fb1f0",
  level: {
    minimal: { mark: "#8592a0", ink: "#a3b0bd" },
    low: { mark: "#3fbfb8", ink: "#56cfc8" },
    medium: { mark: "#f2c14a", ink: "#f2c14a" },
    high: { mark: "#f5873b", ink: "#f8975a" },
    critical: { mark: "#f2455f", ink: "#ff7d8e" },
  },
};
