// Beside each file of dist/ its gzip and Brotli form, as small as they get: the server sends what the browser takes, and
// compresses nothing while it serves. What a form does not make smaller has none. Usage: compress.mjs [DIST]
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url));
let whole = 0;
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  if (/\.(gz|br)$/.test(path)) {
    await rm(path);
    continue;
  }
  const bytes = await readFile(path);
  const forms = {
    gz: gzipSync(bytes, { level: 9 }),
    br: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  };
  for (const [ending, form] of Object.entries(forms)) {
    if (form.length < bytes.length * 0.9) await writeFile(`${path}.${ending}`, form);
  }
  whole += Math.min(bytes.length, forms.gz.length);
}
const most = 400_000;
console.log(`page: ${whole} bytes compressed (gzip) of at most ${most}`);
if (whole > most) process.exit(1);
