// The graph, live or of a moment. Live it is asked for again when an event says that it changed (live/stale.ts), and now and
// then for what is counted; the larger the answer, the more seldom.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get } from "../api/client";
import { go, here, useAddress } from "../parts/address";
import type { Graph } from "./model";

export const liveWindow = 86_400; // seconds
export const pastWindow = 3600;

export interface Moment {
  at: string | null; // null: now
  window: number; // seconds before it
}

const ask = (moment: Moment, signal: AbortSignal): Promise<Graph> =>
  moment.at
    ? get<Graph>("/graph", { at: moment.at, window: moment.window, limit: 100_000 }, signal)
    : get<Graph>(
        "/graph",
        { since: `${new Date(Date.now() - moment.window * 1000).toISOString().slice(0, 19)}Z`, limit: 100_000 },
        signal,
      );

export function useMoment(): Moment {
  const { query } = useAddress();
  const at = query.get("at");
  const window = Number(query.get("window"));
  return useMemo(
    () => ({
      at: at && !Number.isNaN(Date.parse(at)) ? at : null,
      window: window >= 60 && window <= 604_800 ? window : at ? pastWindow : liveWindow,
    }),
    [at, window],
  );
}

export function useGraph(moment: Moment) {
  return useQuery({
    queryKey: ["graph", moment.at ?? "now", moment.window],
    queryFn: ({ signal }) => ask(moment, signal),
    staleTime: moment.at ? Number.POSITIVE_INFINITY : 5000,
    gcTime: moment.at ? 120_000 : undefined,
    refetchInterval: (query) => {
      if (moment.at) return false;
      if (query.state.status === "error") return 5000;
      return (query.state.data?.nodes.length ?? 0) > 2000 ? 120_000 : 20_000;
    },
    placeholderData: keepPreviousData,
    structuralSharing: false, // it compares the whole answer, which may be large; scenes are compared by themselves
  });
}

// Asks for the next moment of a playback before it is due.
export function useAhead() {
  const client = useQueryClient();
  return useCallback(
    (moment: Moment) => {
      void client.prefetchQuery({
        queryKey: ["graph", moment.at ?? "now", moment.window],
        queryFn: ({ signal }) => ask(moment, signal),
        staleTime: Number.POSITIVE_INFINITY,
      });
    },
    [client],
  );
}

export const goTo = (moment: { at: string | null; window?: number }) =>
  go(here({ at: moment.at ?? undefined, ...(moment.window ? { window: String(moment.window) } : {}) }), "replace");
