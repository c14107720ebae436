// Writes an assembler file that puts every file of a built page into the program byte for byte, with a table of their
// names and sizes (read by src/server/page.cc). Usage: assembly.mjs DIST OUT.S
import { readdir, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`)
  .sort();

const quoted = (text) => {
  if (/["\\\n]/.test(text)) throw new Error(`a name that cannot stand in the program: ${text}`);
  return `"${text}"`;
};
const bytes = files.map(
  (path, i) => `n${i}: .asciz ${quoted(relative(dist, path))}\nb${i}: .incbin ${quoted(path)}\ne${i}: .byte 0\n`,
);
const rows = files.map((_, i) => `.quad n${i}\n.quad b${i}\n.quad e${i} - b${i}\n`);
await writeFile(
  out,
  `.section .rodata\n${bytes.join("")}.section .data.rel.ro,"aw"\n.balign 8\n.globl plimsoll_page_table\n` +
    `plimsoll_page_table:\n${rows.join("")}.quad 0\n.quad 0\n.quad 0\n.section .note.GNU-stack,"",@progbits\n`,
);
