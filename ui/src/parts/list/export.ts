// A list as a file: what is shown, in the order shown.
import type { Column } from "./types";

// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it: names are strangers' texts.
function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv<Row>(columns: Column<Row>[], rows: Row[]): string {
  const lines = [
    columns.map((column) => field(column.name)),
    ...rows.map((row) => columns.map((column) => field(column.text ? column.text(row) : column.value(row)))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

export function toJson<Row>(columns: Column<Row>[], rows: Row[]): string {
  return `${JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(columns.map((column) => [column.id, column.text ? column.text(row) : column.value(row)])),
    ),
    null,
    1,
  )}\n`;
}

export function download(name: string, type: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
