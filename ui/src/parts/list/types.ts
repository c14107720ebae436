import type { ReactNode } from "react";
import type { Opened } from "../address";

export interface Column<Row> {
  id: string;
  name: string;
  render: (row: Row) => ReactNode;
  // What the column says in words or numbers: for sorting and export.
  value: (row: Row) => string | number | null;
  text?: (row: Row) => string; // for export, where the value is only an order
  width: number; // px; the first column takes what is left
  align?: "right";
  from?: number; // width of the list from which it is shown unless chosen; 0: always
  sortable?: boolean; // true unless said
  down?: boolean; // sorts largest first at the first click
  hint?: string; // what the heading means
}

export interface Facet<Row> {
  id: string;
  name: string;
  options: { value: string; label: string }[];
  of?: (row: Row) => string | string[]; // filtered here; without it the server did
}

export interface Grouping<Row> {
  id: string;
  name: string;
  of: (row: Row) => string;
}

// How more rows come, when the list is longer than what is there.
export interface Source {
  more: boolean;
  loading: boolean;
  load: () => void;
  total?: number;
}

export interface ListProps<Row> {
  name: string; // "containers": names the file of an export, and the column choice
  label: string; // "Containers"
  rows: Row[];
  keyOf: (row: Row) => string;
  columns: Column<Row>[];
  facets?: Facet<Row>[];
  groups?: Grouping<Row>[];
  sort: { column: string; down: boolean }; // unless the address says otherwise; the order in which rows come
  serverSorts?: string[]; // columns by which the server sorts ("id" or "-id"), so that not all need be there
  serverText?: boolean; // the server searches
  search?: (row: Row) => string; // what the search looks through; the columns' values unless given
  placeholder?: string;
  open?: (row: Row) => Opened;
  prefix?: string; // of the names in the address: lists in drawers have one
  source?: Source;
  empty: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode; // below the rows, always seen
  score?: (row: Row) => number; // for the badge of a group
  plain?: boolean; // grows with its rows, without a bar
}
