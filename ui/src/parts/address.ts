// Where the reader is: path and query of the address bar, which hold the view, its filters and the open drawer, so that
// everything can be linked to and the browser's back button works.
import { type MouseEvent, useMemo, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
if (typeof window !== "undefined") window.addEventListener("popstate", tell);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const current = () => window.location.pathname + window.location.search;

export function useAddress(): { path: string; query: URLSearchParams } {
  const address = useSyncExternalStore(subscribe, current);
  return useMemo(() => split(address), [address]);
}

export function split(address: string) {
  const mark = address.indexOf("?");
  return {
    path: mark < 0 ? address : address.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : address.slice(mark + 1)),
  };
}

export function go(address: string, how: "push" | "replace" = "push") {
  if (address === current()) return;
  window.history[how === "push" ? "pushState" : "replaceState"](null, "", address);
  tell();
}

// The same place with some of its query changed; undefined or "" takes a name out.
export function withQuery(address: string, changes: Record<string, string | undefined>): string {
  const { path, query } = split(address);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return path + (text ? `?${text}` : "");
}

export const here = (changes: Record<string, string | undefined>) => withQuery(current(), changes);

// For links: left clicks without modifiers stay in the page, all else is the browser's.
export function follow(event: MouseEvent<HTMLAnchorElement>) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const url = new URL(event.currentTarget.href);
  if (url.origin !== window.location.origin) return;
  event.preventDefault();
  go(url.pathname + url.search);
}

// The drawer's place in the query: what it shows, and which of its tabs.
export interface Opened {
  kind: string; // "asset", "threat", ...
  id: string;
  tab?: string;
}

export const openedText = ({ kind, id, tab }: Opened) =>
  [kind, encodeURIComponent(id), ...(tab ? [tab] : [])].join("/");

export function parseOpened(text: string | null): Opened | undefined {
  const [kind, id, tab] = (text ?? "").split("/");
  if (!kind || !id) return undefined;
  try {
    return { kind, id: decodeURIComponent(id), tab };
  } catch {
    return undefined;
  }
}

export const openAddress = (opened: Opened) => here({ open: openedText(opened) });

export function useOpened(): Opened | undefined {
  const text = useAddress().query.get("open");
  return useMemo(() => parseOpened(text), [text]);
}
