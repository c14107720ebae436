// Which answers of the server an event makes stale, by the beginning of its kind. The first that fits counts.
const judged = [
  "summary",
  "assets",
  "asset",
  "threats",
  "threat",
  "nodes",
  "images",
  "fixes",
  "changes",
  "gaps",
  "trend",
];
const table: [string, string[]][] = [
  ["asset.", [...judged, "graph"]],
  ["score.", [...judged, "graph"]],
  ["threat", judged],
  ["detection.", [...judged, "graph", "flows"]],
  ["exception.", [...judged, "exceptions"]],
  ["network", ["graph", "flows", "networks", ...judged]],
  ["flow", ["graph", "flows"]],
  ["database.", ["database", "status", ...judged]],
  ["scan.", ["status", ...judged]],
  ["response.", ["responses", "assets", "asset", "graph"]],
  ["respond.", ["responses"]],
  ["policy.", ["policies", "rules", "status", ...judged, "graph"]],
  ["notify.", ["receivers", "schedules"]],
  ["user.", ["users"]],
  ["token.", ["tokens"]],
  ["auth.", ["users"]],
];

export function staleBy(kind: string): string[] {
  const row = table.find(([beginning]) => kind.startsWith(beginning));
  return ["events", ...(row ? row[1] : [])];
}
