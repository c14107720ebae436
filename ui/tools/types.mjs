// Writes src/api/schema.gen.ts: the types of the API from docs/openapi.yaml, and those of the report from its JSON Schema
// (as Report_NAME), so that the page cannot drift from what the server says.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const root = new URL("../../", import.meta.url);
const target = new URL("../src/api/schema.gen.ts", import.meta.url);

const report = JSON.parse(
  (await readFile(new URL("data/schema/report.schema.json", root), "utf8")).replaceAll(
    "#/$defs/",
    "#/components/schemas/Report_",
  ),
);
const schemas = {};
for (const [name, schema] of Object.entries(report.$defs)) schemas[`Report_${name}`] = plain(schema);

// Conditions say nothing that a type could hold.
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (schema === null || typeof schema !== "object") return schema;
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (["if", "then", "else", "pattern"].includes(key)) continue;
    out[key] = plain(value);
  }
  return out;
}

// An object of which no more is said may hold anything.
const options = { emptyObjectsUnknown: true };
const api = await openapi(new URL("docs/openapi.yaml", root), options);
const pieces = await openapi(
  {
    openapi: "3.1.0",
    info: { title: "report", version: "1" },
    paths: {},
    components: { schemas },
  },
  options,
);
const text = `// Made by tools/types.mjs from docs/openapi.yaml and data/schema/report.schema.json; not kept in the repository.
${astToString(api)}
export namespace report {
${astToString(pieces)}
}
`;
const before = await readFile(target, "utf8").catch(() => "");
if (before !== text) await writeFile(target, text);
