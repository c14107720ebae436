// Every list of the page: a real table with search, filters, sort, grouping, column choice and export, that draws only the
// rows in sight, keeps still while the reader holds it, and is worked with the keyboard.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useDensity } from "../../theme/theme";
import { follow, go, openAddress, useOpened } from "../address";
import { Badge } from "../badge";
import { plural } from "../format";
import { Icon } from "../icon";
import { useWidth } from "../width";
import { download, toCsv, toJson } from "./export";
import { useHeld, useHolding } from "./hold";
import { useListKeys } from "./keys";
import { filtered, grouped, type Line, searched, sorted } from "./shape";
import { useColumns, useListState } from "./state";
import { Toolbar } from "./toolbar";
import type { Column, ListProps } from "./types";

const fewest = 200; // rows from which only those in sight are drawn

export function List<Row>(props: ListProps<Row>) {
  const { rows, keyOf, columns, facets = [], groups = [], source, prefix = "" } = props;
  const state = useListState(props);
  const { element, setElement, width } = useWidth<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement | null>(null);
  scroller.current = element;
  const { shown, choose, chosen } = useColumns(props.name, columns, width);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const holding = useHolding(scroller);

  const searchText = useMemo(
    () => props.search ?? ((row: Row) => columns.map((column) => column.value(row) ?? "").join(" ")),
    [props.search, columns],
  );
  const sortKey = (state.sort.down ? "-" : "") + state.sort.column;
  const asGiven =
    (state.sort.column === props.sort.column && state.sort.down === props.sort.down) ||
    (props.serverSorts ?? []).includes(sortKey);
  const narrowed =
    (!props.serverText && state.text !== "") ||
    facets.some((facet) => facet.of && (state.chosen[facet.id] ?? []).length > 0);
  const grouping = groups.find((group) => group.id === state.group);
  // What is sorted, filtered or grouped here needs all rows.
  const [exporting, setExporting] = useState<"" | "csv" | "json">("");
  const needsAll = !asGiven || narrowed || grouping !== undefined || exporting !== "";
  useEffect(() => {
    if (needsAll && source?.more && !source.loading) source.load();
  }, [needsAll, source]);

  const arranged = useMemo(() => {
    const left = filtered(searched(rows, props.serverText ? "" : state.text, searchText), facets, state.chosen);
    const column = columns.find((each) => each.id === state.sort.column);
    return asGiven || !column ? left : sorted(left, column, state.sort.down);
  }, [rows, state.text, state.chosen, state.sort, asGiven, columns, facets, props.serverText, searchText]);
  const {
    rows: still,
    news,
    release,
  } = useHeld(arranged, keyOf, holding, `${state.changed}\n${rows.length < fewest ? "" : rows.length}`);
  const lines = useMemo(() => grouped(still, grouping, closed), [still, grouping, closed]);

  useEffect(() => {
    if (!exporting || source?.more) return;
    const stamp = new Date().toISOString().slice(0, 16).replace(":", "");
    if (exporting === "csv") download(`plimsoll-${props.name}-${stamp}.csv`, "text/csv", toCsv(shown, arranged));
    else download(`plimsoll-${props.name}-${stamp}.json`, "application/json", toJson(shown, arranged));
    setExporting("");
  }, [exporting, source?.more, arranged, shown, props.name]);

  const density = useDensity();
  const rowHeight = density === "dense" ? 36 : 48;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: lines.length >= fewest && !props.plain,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the height of rows changes
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const windowed = lines.length >= fewest && !props.plain;
  const items = windowed ? virtual.getVirtualItems() : [];
  const first = windowed ? (items[0]?.index ?? 0) : 0;
  const last = windowed ? (items[items.length - 1]?.index ?? -1) : lines.length - 1;
  const above = first * rowHeight;
  const below = windowed ? (lines.length - 1 - last) * rowHeight : 0;

  // The next page comes before the reader is at the end of this one.
  const nearEnd = last >= lines.length - 30;
  useEffect(() => {
    if (nearEnd && !needsAll && source?.more && !source.loading) source.load();
  }, [nearEnd, needsAll, source]);

  const show = useCallback(
    (index: number) => {
      if (windowed) virtual.scrollToIndex(index, { align: "auto" });
    },
    [windowed, virtual],
  );
  const opened = useOpened();
  const openKey =
    opened && props.open
      ? lines.findIndex(
          (line) =>
            line.kind === "row" && props.open?.(line.row).id === opened.id && props.open(line.row).kind === opened.kind,
        )
      : -1;
  const { onKeyDown, cursor, setCursor } = useListKeys({
    lines,
    open: props.open,
    scroller,
    show,
    main: prefix === "" && !props.plain,
    openIndex: openKey,
  });

  const empty = lines.length === 0 && !source?.loading;
  const filteredOut =
    rows.length > 0 || state.text !== "" || Object.values(state.chosen).some((values) => values.length > 0);
  return (
    <div className={props.plain ? "list list-plain" : "list"}>
      {!props.plain && (
        <Toolbar
          state={state}
          main={prefix === ""}
          label={props.label}
          placeholder={props.placeholder}
          facets={facets}
          groups={groups}
          actions={props.actions}
          columns={columns}
          shown={shown}
          chooseColumns={choose}
          columnsChosen={chosen}
          shownCount={arranged.length}
          total={source?.total}
          more={source?.more ?? false}
          exporting={exporting && source?.more ? `Fetching all rows: ${rows.length} so far …` : ""}
          onExport={setExporting}
        />
      )}
      {needsAll && source?.more && (
        <p className="list-note" role="status">
          Fetching all rows to do this: {rows.length} so far …
        </p>
      )}
      {news > 0 && (
        <button type="button" className="news" onClick={release}>
          {news} new
        </button>
      )}
      <div className="list-scroll" ref={setElement} onKeyDown={onKeyDown} role="presentation">
        <table aria-label={props.label} aria-rowcount={source?.more ? -1 : lines.length + 1}>
          <colgroup>
            {shown.map((column, i) => (
              <col key={column.id} style={i === 0 ? undefined : ({ width: column.width } as CSSProperties)} />
            ))}
          </colgroup>
          <Head columns={shown} sort={state.sort} sortBy={state.sortBy} />
          <tbody>
            {above > 0 && <tr aria-hidden="true" className="gap" style={{ height: above }} />}
            {lines.slice(first, last + 1).map((line, i) => {
              const index = first + i;
              return line.kind === "group" ? (
                <GroupRow
                  key={`group ${line.name}`}
                  line={line}
                  span={shown.length}
                  score={props.score}
                  index={index}
                  onToggle={() => setClosed(toggled(closed, line.name))}
                />
              ) : (
                <BodyRow
                  key={keyOf(line.row)}
                  row={line.row}
                  index={index}
                  columns={shown}
                  address={props.open ? openAddress(props.open(line.row)) : undefined}
                  chosen={index === openKey}
                  current={index === cursor}
                  onFocus={() => setCursor(index)}
                />
              );
            })}
            {below > 0 && <tr aria-hidden="true" className="gap" style={{ height: below }} />}
          </tbody>
        </table>
        {empty && (filteredOut ? <Nothing clear={state.clear} label={props.label} /> : props.empty)}
        {source?.loading && <p className="list-note">Loading more …</p>}
      </div>
      {props.footer && <div className="list-footer">{props.footer}</div>}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const out = new Set(set);
  if (!out.delete(name)) out.add(name);
  return out;
}

function Nothing({ clear, label }: { clear: () => void; label: string }) {
  return (
    <div className="state">
      <p className="state-title">Nothing fits the search and filters.</p>
      <button type="button" className="button" onClick={clear}>
        Show all {label.toLowerCase()}
      </button>
    </div>
  );
}

function Head<Row>({
  columns,
  sort,
  sortBy,
}: {
  columns: Column<Row>[];
  sort: { column: string; down: boolean };
  sortBy: (column: string, down: boolean) => void;
}) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const mine = sort.column === column.id;
          return (
            <th
              key={column.id}
              scope="col"
              className={column.align}
              title={column.hint}
              aria-sort={mine ? (sort.down ? "descending" : "ascending") : undefined}
            >
              {column.sortable === false ? (
                column.name
              ) : (
                <button
                  type="button"
                  className="sort"
                  onClick={() => sortBy(column.id, mine ? !sort.down : (column.down ?? false))}
                >
                  {column.name}
                  {mine && <Icon name={sort.down ? "down" : "up"} />}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function GroupRow<Row>({
  line,
  span,
  score,
  index,
  onToggle,
}: {
  line: Extract<Line<Row>, { kind: "group" }>;
  span: number;
  score?: (row: Row) => number;
  index: number;
  onToggle: () => void;
}) {
  return (
    <tr className="group" aria-rowindex={index + 2}>
      <th colSpan={span} scope="rowgroup">
        <button type="button" className="plain group-button" aria-expanded={line.open} onClick={onToggle}>
          <Icon name={line.open ? "down" : "right"} />
          {score && <Badge size={20} score={Math.max(...line.rows.map(score))} />}
          <span className="cut">{line.name || "(none)"}</span>
          <span className="quiet">{plural(line.rows.length, "row")}</span>
        </button>
      </th>
    </tr>
  );
}

function BodyRow<Row>({
  row,
  index,
  columns,
  address,
  chosen,
  current,
  onFocus,
}: {
  row: Row;
  index: number;
  columns: Column<Row>[];
  address?: string;
  chosen: boolean;
  current: boolean;
  onFocus: () => void;
}) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-index={index}
      className={[chosen && "chosen", current && "current", address && "opens"].filter(Boolean).join(" ") || undefined}
      onFocus={onFocus}
      onClick={(event) => {
        // Anywhere in the row, unless something of its own was meant, or text is being selected.
        if (
          !address ||
          (event.target as HTMLElement).closest("a,button,input,select,label") ||
          document.getSelection()?.isCollapsed === false
        )
          return;
        go(address);
      }}
    >
      {columns.map((column, i) =>
        i === 0 ? (
          <th key={column.id} scope="row">
            {address ? (
              <a href={address} className="row-link" data-row onClick={follow}>
                {column.render(row)}
              </a>
            ) : (
              column.render(row)
            )}
          </th>
        ) : (
          <td key={column.id} className={column.align}>
            {column.render(row)}
          </td>
        ),
      )}
    </tr>
  );
}
