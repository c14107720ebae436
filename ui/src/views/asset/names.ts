// Names of assets by their id, from one list of all.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Asset, Page } from "../../api/types";
import { shortId } from "../../parts/format";

const most = 1000;

export function useNames(): (id: string) => string {
  const { data } = useQuery({
    queryKey: ["assets", "names"],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const page = await get<Page<Asset>>("/assets", { limit: most, gone: true }, signal);
      return new Map(page.items.map((row) => [row.id, row.name]));
    },
  });
  return (id) => data?.get(id) ?? shortId(id);
}
