// The graph, live or of a moment. Live it is asked for again when an event says that it changed (live/stale.ts), and now and
// then for what is counted; the larger the answer, the more seldom.
import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get, type Question } from "../api/client";
import { go, here, split, useAddress } from "../parts/address";
import { type GraphColumns, graphOf } from "./columns";
import type { Graph } from "./model";

export const liveWindow = 86_400; // seconds
export const pastWindow = 3600;

export interface Moment {
  at: string | null; // null: now
  window: number; // seconds before it
}

// The same question from everybody who looks at the same time, so that the server answers it once: the last day is what it
// tells unasked.
async function ask(moment: Moment, question: Question, signal: AbortSignal): Promise<Graph> {
  const time = moment.at || moment.window !== liveWindow ? { at: moment.at, window: moment.window } : {};
  return graphOf(await get<GraphColumns>("/graph/columns", { ...time, ...question }, signal));
}

// A page that opens with a large network shows what the service had worked out already, and asks for what is newer behind it.
let opening = true;
const behind = 3000; // milliseconds: who just came gets the page to himself first
const keyOf = (moment: Moment) => ["graph", moment.at ?? "now", moment.window];

async function askFirst(moment: Moment, signal: AbortSignal, client: QueryClient): Promise<Graph> {
  const prepared = opening && !moment.at && moment.window === liveWindow;
  opening = false;
  const graph = await ask(moment, prepared ? { prepared: true } : { limit: 100_000 }, signal);
  if (graph.prepared) setTimeout(() => void client.invalidateQueries({ queryKey: keyOf(moment) }), behind);
  return graph;
}

function momentOf(query: URLSearchParams): Moment {
  const at = query.get("at");
  const window = Number(query.get("window"));
  return {
    at: at && !Number.isNaN(Date.parse(at)) ? at : null,
    window: window >= 60 && window <= 604_800 ? window : at ? pastWindow : liveWindow,
  };
}

export function useMoment(): Moment {
  const { query } = useAddress();
  const { at, window } = momentOf(query);
  return useMemo(() => ({ at, window }), [at, window]);
}

const asked = (moment: Moment) => ({
  queryKey: keyOf(moment),
  queryFn: ({ signal, client }: { signal: AbortSignal; client: QueryClient }) => askFirst(moment, signal, client),
  staleTime: moment.at ? Number.POSITIVE_INFINITY : 5000,
});

export function useGraph(moment: Moment) {
  return useQuery({
    ...asked(moment),
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
  return useCallback((moment: Moment) => void client.prefetchQuery(asked(moment)), [client]);
}

// For a page that opens with the network: asks before there is anything to show it in.
export const askAhead = (client: QueryClient) =>
  void client.prefetchQuery({ ...asked(momentOf(split(window.location.search).query)), structuralSharing: false });

export const goTo = (moment: { at: string | null; window?: number }) =>
  go(here({ at: moment.at ?? undefined, ...(moment.window ? { window: String(moment.window) } : {}) }), "replace");
