// How numbers, sizes and times are written everywhere.

// Exact to 999, then 1.2k, 34k, 1.2M.
export function count(n: number): string {
  if (n < 1000) return String(n);
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (n < size * 0.9995) continue;
    const value = n / size;
    return (value < 9.95 ? value.toFixed(1) : String(Math.round(value))) + unit;
  }
  return String(n);
}

export function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = n;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

// What a connection carried. That none was counted is not that none was carried: who was only asked of the kernel's tables
// has no count.
export const traffic = (n: number): string => (n > 0 ? bytes(n) : "none counted");

export const percent = (part: number) => `${Math.round(part * 100)} %`;

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

const steps: [number, string][] = [
  [86_400 * 365, "y"],
  [86_400 * 30, "mo"],
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
];

// "12 s", "5 min", "3 h", "2 d".
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  for (const [size, unit] of steps) {
    if (whole >= size) return `${Math.floor(whole / size)} ${unit}`;
  }
  return `${whole} s`;
}

// "5 min ago", "in 3 d".
export function ago(at: string | number | Date, now: number): string {
  const seconds = (now - new Date(at).getTime()) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (seconds < -1) return `in ${duration(-seconds)}`;
  return seconds < 5 ? "just now" : `${duration(seconds)} ago`;
}

// In the reader's zone, to the second, with the zone's name.
export function exact(at: string | number | Date): string {
  return new Date(at).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

export function clock(at: string | number | Date): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

// The first twelve digits of a digest or id, as people know them.
export const shortId = (id: string) => {
  const digits = /([0-9a-f]{13,})/.exec(id);
  return digits ? id.replace(digits[1]!, digits[1]!.slice(0, 12)) : id;
};
