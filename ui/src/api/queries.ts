// What the views ask the server for, each under the key that the live events make stale (live/stale.ts).
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { change, get, Problem, part, type Question } from "./client";
import type * as t from "./types";

function useAnswer<T>(
  key: unknown[],
  path: string,
  question: Question = {},
  more: { every?: number; on?: boolean } = {},
) {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<T>(path, question, signal),
    enabled: more.on ?? true,
    ...(more.every ? { refetchInterval: more.every } : {}),
  });
}

export const useSummary = () => useAnswer<t.Summary>(["summary"], "/summary");
export const useStatus = (often = false) =>
  useAnswer<t.Status>(["status"], "/status", {}, { every: often ? 700 : 30_000 });
export const useDatabase = (often = false) =>
  useAnswer<t.Database>(["database"], "/database", {}, { every: often ? 1000 : 60_000 });

export const useFixes = (question: Question = {}) => useAnswer<t.Fixes>(["fixes", question], "/fixes", question);
export const useChanges = (question: Question) => useAnswer<t.Changes>(["changes", question], "/changes", question);
export const useNotAssessed = () => useAnswer<{ items: t.Gap[] }>(["gaps"], "/not-assessed");
export const useTrend = (days: number) => useAnswer<{ items: t.TrendPoint[] }>(["trend", days], "/trend", { days });

const asset = (id: string) => `/assets/${part(id)}`;
export const useMakeUp = (id: string) => useAnswer<t.MakeUp>(["asset", id, "makeup"], `${asset(id)}/makeup`);
export const useConfiguration = (id: string) =>
  useAnswer<t.Configuration>(["asset", id, "configuration"], `${asset(id)}/configuration`);
export const useProcesses = (id: string) =>
  useAnswer<{ items: t.Process[] }>(["asset", id, "processes"], `${asset(id)}/processes`);
export const useBenchmark = (id: string, question: Question) =>
  useAnswer<t.BenchmarkReport>(["asset", id, "benchmark", question], `${asset(id)}/benchmark`, question);
export const useAssetHistory = (id: string, since?: string) =>
  useAnswer<t.Page<t.ScorePoint> & { events?: t.JournalEvent[] }>(
    ["asset", id, "history", since],
    `${asset(id)}/history`,
    {
      since,
    },
  );
export const useFlowsOf = (id: string) =>
  useAnswer<t.Page<t.Flow>>(["flows", id], "/flows", { asset: id, limit: 2000 });

// One asset's row, found by its name: what a mark beside its name needs.
export const useAssetRow = (id: string, name: string) =>
  useQuery({
    queryKey: ["assets", "row", id],
    queryFn: async ({ signal }) => {
      const page = await get<t.Page<t.Asset>>("/assets", { text: name, limit: 50 }, signal);
      return page.items.find((row) => row.id === id) ?? null;
    },
    enabled: id !== "",
    staleTime: 60_000,
  });

export const useThreat = (id: string) => useAnswer<t.Threat>(["threat", id], `/threats/${part(id)}`);
export const useExceptions = (question: Question = {}) =>
  useAnswer<{ items: t.Exception[] }>(["exceptions", question], "/exceptions", question);
export const useResponses = (question: Question = {}) =>
  useAnswer<{ items: t.ResponseRecord[] }>(["responses", question], "/responses", question);
export const useResponse = (id: string) =>
  useAnswer<t.ResponseRecord>(["responses", "one", id], `/responses/${part(id)}`);
export const useResponseRules = () => useAnswer<t.ResponseRules>(["rules"], "/response-rules");
export const usePolicies = () => useAnswer<t.Policies>(["policies"], "/policies");
export const usePolicyVersions = () => useAnswer<t.PolicyVersions>(["policies", "versions"], "/policies/versions");
export const usePolicyDiff = (from: string, to: string) =>
  useAnswer<t.PolicyDiff>(["policies", "diff", from, to], "/policies/diff", { from, to });
export const usePolicyVersion = (entry: string) =>
  useAnswer<t.PolicyVersion>(
    ["policies", "version", entry],
    `/policies/versions/${part(entry)}`,
    {},
    { on: entry !== "" },
  );
// Null: there is no such file yet.
export const usePolicyFile = (name: string) =>
  useQuery({
    queryKey: ["policies", "file", name],
    queryFn: ({ signal }) =>
      get<t.PolicyFile>(`/policies/${part(name)}`, {}, signal).catch((fault: unknown) => {
        if (fault instanceof Problem && fault.status === 404) return null;
        throw fault;
      }),
  });
// What is wrong with a text; asked for each text once.
export const usePolicyCheck = (name: string, text: string, on: boolean) =>
  useQuery({
    queryKey: ["policy-check", name, text],
    queryFn: () => change<t.PolicyFaults>("POST", "/policies/check", { name, text }),
    enabled: on,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
    placeholderData: keepPreviousData,
  });
export const useImage = (id: string) => useAnswer<t.ImageDetail>(["images", id], `/images/${part(id)}`);
export const useEvents = (question: Question) =>
  useAnswer<t.Page<t.JournalEvent>>(["events", question], "/events", question);

// A list that comes in pages: the first is small, so that something is seen soon. `by` names the parameter of the next.
export function usePages<T>(
  key: unknown[],
  path: string,
  question: Question,
  { by = "cursor" as "cursor" | "after", first = 200, more = 1000 } = {},
) {
  return useInfiniteQuery({
    queryKey: [...key, path, question],
    initialPageParam: "" as string | number,
    queryFn: ({ pageParam, signal }) =>
      get<t.Page<T>>(path, { ...question, limit: pageParam === "" ? first : more, [by]: pageParam }, signal),
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData, // while a filter changes, what was there stays
  });
}

// What a List wants to know of pages.
export function sourceOf<T>(pages: ReturnType<typeof usePages<T>>) {
  const all = pages.data?.pages ?? [];
  return {
    rows: all.flatMap((page) => page.items),
    source: {
      more: pages.hasNextPage,
      loading: pages.isFetchingNextPage,
      load: () => void pages.fetchNextPage(),
      total: all[0]?.total ?? undefined,
    },
  };
}
