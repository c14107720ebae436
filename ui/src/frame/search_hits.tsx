// What the search over everything found, and how each hit reads.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Asset, PackageGroup, Threat } from "../api/types";
import type { Opened } from "../parts/address";
import { Badge } from "../parts/badge";
import { count, plural } from "../parts/format";
import { Icon } from "../parts/icon";
import { Severity } from "../parts/severity";
import { idOfPackage } from "../views/packages/package_id";

export type Hit =
  | { opens: Opened; asset: Asset }
  | { opens: Opened; threat: Threat }
  | { opens: Opened; found: PackageGroup };

export const shortestText = 2;

interface Found {
  assets: Asset[];
  threats: Threat[];
  packages: PackageGroup[];
}

export function useHits(text: string) {
  return useQuery({
    queryKey: ["search", text],
    enabled: text.length >= shortestText,
    staleTime: 5000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Hit[]> => {
      const { assets, threats, packages } = await get<Found>("/search", { text }, signal);
      return [
        ...assets.map((asset): Hit => ({ opens: { kind: "asset", id: asset.id }, asset })),
        ...packages.map((found): Hit => ({ opens: { kind: "package", id: idOfPackage(found) }, found })),
        ...threats.map((threat): Hit => ({ opens: { kind: "threat", id: threat.id }, threat })),
      ];
    },
  });
}

export const keyOfHit = ({ opens }: Hit): string => `${opens.kind} ${opens.id}`;

export function HitRow({ hit }: { hit: Hit }) {
  if ("asset" in hit)
    return (
      <>
        <Badge size={20} score={hit.asset.score} level={hit.asset.level} partly={hit.asset.not_assessed > 0} />
        <span className="cut">{hit.asset.name}</span>
        <span className="quiet">{hit.asset.kind}</span>
      </>
    );
  if ("threat" in hit)
    return (
      <>
        <Severity level={hit.threat.level} short />
        <span className="cut">
          {hit.threat.id} <span className="quiet">{hit.threat.title}</span>
        </span>
        <span className="quiet">{plural(hit.threat.assets, "asset")}</span>
      </>
    );
  return <PackageRow of={hit.found} />;
}

function PackageRow({ of }: { of: PackageGroup }) {
  const names = of.worst.map((holder) => holder.name).join(", ");
  const others = of.assets - of.worst.length;
  return (
    <>
      <Icon name="images" />
      <span className="cut">
        {of.name}{" "}
        <span className="quiet">
          {of.type}
          {names && `, on ${names}`}
          {names && others > 0 && ` and ${of.more ? "many" : count(others)} more`}
        </span>
      </span>
      <span className="quiet">
        {of.more && "over "}
        {plural(of.assets, "asset")}
      </span>
    </>
  );
}
