// Parts of the page that are fetched when they are first looked at, or else once the page is idle: then every view opens
// while the service is away.
import { type ComponentType, type LazyExoticComponent, lazy } from "react";

type Load = () => Promise<unknown>;
const all: Load[] = [];

// biome-ignore lint/suspicious/noExplicitAny: whatever it takes, as of React's own lazy()
export function later<T extends ComponentType<any>>(load: () => Promise<{ default: T }>): LazyExoticComponent<T> {
  all.push(load);
  return lazy(load);
}

// One after another. What fails is fetched when it is looked at.
export async function fetchAll(): Promise<void> {
  for (const load of all) await load().catch(() => {});
}

// Whether a fault is that of a part that did not come: the service is away, or of another version since. Each browser says
// it in its own words.
export const isMissingPart = (fault: Error): boolean =>
  /dynamically imported module|module script failed|error loading dynamically/i.test(fault.message);
