// What the reader wants of a list, kept in the address: search, filters, sort, grouping.
import { useCallback, useMemo, useState } from "react";
import { keep, recall } from "../../theme/theme";
import { go, here, useAddress } from "../address";
import type { Column, Facet, ListProps } from "./types";

export interface ListState {
  text: string;
  setText: (text: string) => void;
  chosen: Record<string, string[]>;
  choose: (facet: string, values: string[]) => void;
  clear: () => void;
  sort: { column: string; down: boolean };
  sortBy: (column: string, down: boolean) => void;
  group?: string;
  groupBy: (group: string) => void;
  changed: string; // differs when any of the above does
}

export function useListState<Row>({
  prefix = "",
  facets = [],
  sort,
}: Pick<ListProps<Row>, "prefix" | "facets" | "sort">): ListState {
  const { query } = useAddress();
  const name = useCallback((text: string) => prefix + text, [prefix]);
  const text = query.get(name("q")) ?? "";
  const sortText = query.get(name("sort"));
  const group = query.get(name("group")) ?? undefined;
  const chosenText = facets.map((facet) => query.get(name(facet.id)) ?? "").join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what was chosen
  const chosen = useMemo(
    () =>
      Object.fromEntries(
        facets.map((facet) => [facet.id, (query.get(name(facet.id)) ?? "").split(",").filter(Boolean)]),
      ),
    [chosenText],
  );
  return {
    text,
    setText: (value) => go(here({ [name("q")]: value }), "replace"),
    chosen,
    choose: (facet, values) => go(here({ [name(facet)]: values.join(",") })),
    clear: () =>
      go(
        here(
          Object.fromEntries(["q", ...facets.map((facet: Facet<Row>) => facet.id)].map((id) => [name(id), undefined])),
        ),
      ),
    sort: sortText ? { column: sortText.replace(/^-/, ""), down: sortText.startsWith("-") } : sort,
    sortBy: (column, down) => go(here({ [name("sort")]: (down ? "-" : "") + column }), "replace"),
    group,
    groupBy: (value) => go(here({ [name("group")]: value }), "replace"),
    changed: [text, sortText, group, chosenText].join("\n"),
  };
}

// Which columns are shown: those that fit, unless the reader chose (kept in this browser, for each list).
export function useColumns<Row>(list: string, columns: Column<Row>[], width: number) {
  const key = `plimsoll.columns.${list}`;
  const [chosen, setChosen] = useState<string[] | null>(() => recall(key)?.split(",") ?? null);
  const shown = columns.filter(
    (column, i) => i === 0 || (chosen ? chosen.includes(column.id) : width >= (column.from ?? 0)),
  );
  return {
    shown,
    choose: (ids: string[] | null) => {
      setChosen(ids);
      keep(key, ids ? ids.join(",") : null);
    },
    chosen: chosen !== null,
  };
}
