// A time as people say it, with the exact one on hover and for machines.
import { useSyncExternalStore } from "react";
import { ago, exact } from "./format";

// One clock for the whole page, ticking only while somebody looks.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!timer) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 5000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export const useNow = () => useSyncExternalStore(subscribe, () => now);

export function Time({ at, none = "never" }: { at: string | null | undefined; none?: string }) {
  const present = useNow();
  if (!at) return <span className="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(at, present)}
    </time>
  );
}
