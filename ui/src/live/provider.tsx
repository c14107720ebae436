// Brings the stream to the page: answers that an event made stale are asked for again, not more often than the list's size
// allows, and whoever wants the events themselves hears them.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Database, JournalEvent, Progress, Status } from "../api/types";
import { type Connection, Live } from "./live";
import { staleBy } from "./stale";

const Context = createContext<Live | null>(null);

const soon = 700; // milliseconds: events of one change come together
const seldom = 3000; // at most so often while they keep coming

const stepOf = ({ step, done, total }: Progress) => (total > 0 ? `${step}, ${done} of ${total}` : step || "scanning");

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const made = new Live();
    setLive(made);
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before = 0;
    const refresh = () => {
      timer = undefined;
      before = Date.now();
      const keys = [...stale];
      stale.clear();
      for (const key of keys) void client.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false });
    };
    const off = made.onEvent((event) => {
      for (const key of staleBy(event.kind)) stale.add(key);
      timer ??= setTimeout(refresh, Math.max(soon, before + seldom - Date.now()));
    });
    const offProgress = made.onProgress((progress) => {
      if (progress.task === "database")
        client.setQueryData<Database>(["database"], (before) => before && { ...before, update: progress });
      else
        client.setQueryData<Status>(
          ["status"],
          (before) => before && { ...before, scan: { ...before.scan, step: progress.running ? stepOf(progress) : "" } },
        );
      if (!progress.running)
        void client.invalidateQueries({ queryKey: [progress.task === "scan" ? "status" : "database"] });
    });
    // After a break all may have changed.
    let was = made.getConnection().state;
    const offConnection = made.onConnection(() => {
      const now = made.getConnection().state;
      if (now === "live" && was === "lost") void client.invalidateQueries();
      was = now;
    });
    return () => {
      off();
      offConnection();
      offProgress();
      clearTimeout(timer);
      made.close();
    };
  }, [client]);
  return <Context.Provider value={live}>{children}</Context.Provider>;
}

const waiting: Connection = { state: "connecting", since: 0 };

export function useConnection(): Connection {
  const live = useContext(Context);
  return useSyncExternalStore(
    useMemo(() => (live ? live.onConnection : () => () => {}), [live]),
    () => live?.getConnection() ?? waiting,
  );
}

// Calls `hear` for each event from now on.
export function useLiveEvents(hear: (event: JournalEvent) => void) {
  const live = useContext(Context);
  useEffect(() => live?.onEvent(hear), [live, hear]);
}
