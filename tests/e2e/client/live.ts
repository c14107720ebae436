// A program that somebody could write against docs/openapi.yaml: types made by openapi-typescript, calls by openapi-fetch.
// It is compiled against them and run against a live server; every answer that it reads must have the type it was promised.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: process.env.PLIMSOLL_URL ?? "",
  headers: { Authorization: `Bearer ${process.env.PLIMSOLL_TOKEN ?? ""}` },
});

function must<T>(what: string, answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const summary: components["schemas"]["Summary"] = must("summary", await client.GET("/api/v1/summary"));

// Every asset, page by page.
const assets: components["schemas"]["Asset"][] = [];
let cursor: string | undefined;
do {
  const page = must("assets", await client.GET("/api/v1/assets", { params: { query: { limit: 1, cursor } } }));
  assets.push(...page.items);
  cursor = typeof page.next === "string" ? page.next : undefined;
} while (cursor !== undefined);

const first = assets[0];
if (first === undefined) throw new Error("no asset");
const detail = must("asset", await client.GET("/api/v1/assets/{id}", { params: { path: { id: first.id } } }));
const history = must("history", await client.GET("/api/v1/assets/{id}/history", { params: { path: { id: first.id } } }));
const events = must("events", await client.GET("/api/v1/events", { params: { query: { limit: 5 } } }));
const receivers = must("receivers", await client.GET("/api/v1/receivers"));
const scan = await client.POST("/api/v1/scan");
const nothing = await client.GET("/api/v1/assets/{id}", { params: { path: { id: "no/such asset" } } });

console.log(
  JSON.stringify({
    counted: summary.hosts + summary.containers + summary.images,
    assets: assets.map((asset) => asset.name),
    same: detail.row.id === first.id,
    points: history.items.length,
    events: events.items.map((event) => event.sequence),
    receivers: receivers.receivers.length,
    scan: scan.response.status,
    missing: { status: nothing.response.status, title: nothing.error?.title },
  }),
);
