// The bar over a list: search, filters as chips, grouping, columns, export.
import { useEffect, useRef, useState } from "react";
import { count } from "../format";
import { Icon } from "../icon";
import { Menu } from "../menu";
import type { ListState } from "./state";
import type { Column, Facet, Grouping, ListProps } from "./types";

function Search({ state, label, main }: { state: ListState; label: string; main: boolean }) {
  const [text, setText] = useState(state.text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(state.text), [state.text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className="search">
      <Icon name="search" />
      <span className="unseen">{label}</span>
      <input
        type="search"
        data-search={main ? "list" : undefined}
        placeholder={label}
        value={text}
        onChange={(event) => {
          const value = event.target.value;
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => state.setText(value), 150);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            if (text) {
              clearTimeout(timer.current);
              setText("");
              state.setText("");
            } else event.currentTarget.blur();
          }
        }}
      />
    </label>
  );
}

function FacetMenu<Row>({ facet, state }: { facet: Facet<Row>; state: ListState }) {
  const chosen = state.chosen[facet.id] ?? [];
  const words = facet.options.filter((option) => chosen.includes(option.value)).map((option) => option.label);
  return (
    <span className={chosen.length > 0 ? "chip chip-on" : "chip"}>
      <Menu
        className="chip-button"
        button={
          <>
            {facet.name}
            {chosen.length > 0 &&
              `: ${words.length > 2 ? `${words.slice(0, 2).join(", ")} +${words.length - 2}` : words.join(", ") || chosen.join(", ")}`}
            <Icon name="down" />
          </>
        }
      >
        {() => (
          <fieldset className="options">
            <legend className="unseen">{facet.name}</legend>
            {facet.options.length === 0 && <p className="quiet">Nothing to choose from.</p>}
            {facet.options.map((option) => (
              <label key={option.value}>
                <input
                  type="checkbox"
                  checked={chosen.includes(option.value)}
                  onChange={(event) =>
                    state.choose(
                      facet.id,
                      event.target.checked
                        ? [...chosen, option.value]
                        : chosen.filter((value) => value !== option.value),
                    )
                  }
                />
                {option.label}
              </label>
            ))}
          </fieldset>
        )}
      </Menu>
      {chosen.length > 0 && (
        <button
          type="button"
          className="chip-clear"
          aria-label={`Clear the filter ${facet.name}`}
          onClick={() => state.choose(facet.id, [])}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}

interface BarProps<Row> extends Pick<ListProps<Row>, "label" | "facets" | "groups" | "actions" | "placeholder"> {
  state: ListState;
  main: boolean;
  columns: Column<Row>[];
  shown: Column<Row>[];
  chooseColumns: (ids: string[] | null) => void;
  columnsChosen: boolean;
  shownCount: number;
  total?: number;
  more: boolean;
  exporting: string; // "" or what is awaited
  onExport: (format: "csv" | "json") => void;
}

export function Toolbar<Row>(props: BarProps<Row>) {
  const { state, facets = [], groups = [], columns, shown } = props;
  const narrowed = state.text !== "" || Object.values(state.chosen).some((values) => values.length > 0);
  return (
    <div className="toolbar" role="toolbar" aria-label={`Tools of the list ${props.label}`}>
      <Search state={state} main={props.main} label={props.placeholder ?? `Search ${props.label.toLowerCase()}`} />
      {facets.map((facet) => (
        <FacetMenu key={facet.id} facet={facet} state={state} />
      ))}
      {narrowed && (
        <button type="button" className="plain link" onClick={state.clear}>
          Clear all
        </button>
      )}
      <span className="toolbar-count" aria-live="polite">
        {count(props.shownCount)}
        {props.total !== undefined && props.total !== props.shownCount
          ? ` of ${count(props.total)}`
          : props.more
            ? "+"
            : ""}
      </span>
      <span className="toolbar-end">
        {groups.length > 0 && <GroupMenu state={state} groups={groups} />}
        <Menu label="Columns" className="plain" align="right" button={<Icon name="columns" />}>
          {() => (
            <fieldset className="options">
              <legend>Columns</legend>
              {columns.slice(1).map((column) => (
                <label key={column.id}>
                  <input
                    type="checkbox"
                    checked={shown.includes(column)}
                    onChange={(event) => {
                      const ids = shown.map((each) => each.id);
                      props.chooseColumns(
                        event.target.checked ? [...ids, column.id] : ids.filter((id) => id !== column.id),
                      );
                    }}
                  />
                  {column.name}
                </label>
              ))}
              <button
                type="button"
                className="plain link"
                disabled={!props.columnsChosen}
                onClick={() => props.chooseColumns(null)}
              >
                Those that fit
              </button>
            </fieldset>
          )}
        </Menu>
        <Menu label="Export what is shown" className="plain" align="right" button={<Icon name="export" />}>
          {(close) => (
            <div className="options">
              {props.exporting && <p role="status">{props.exporting}</p>}
              {(["csv", "json"] as const).map((format) => (
                <button
                  key={format}
                  type="button"
                  className="plain link"
                  onClick={() => {
                    props.onExport(format);
                    if (!props.more) close();
                  }}
                >
                  {format.toUpperCase()} of what is shown
                </button>
              ))}
            </div>
          )}
        </Menu>
        {props.actions}
      </span>
    </div>
  );
}

function GroupMenu<Row>({ state, groups }: { state: ListState; groups: Grouping<Row>[] }) {
  return (
    <label className="select">
      <span>Group</span>
      <select value={state.group ?? ""} onChange={(event) => state.groupBy(event.target.value)}>
        <option value="">none</option>
        {groups.map((group) => (
          <option key={group.id} value={group.id}>
            {group.name}
          </option>
        ))}
      </select>
    </label>
  );
}
