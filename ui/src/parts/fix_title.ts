// What is to be done, in words, where the asset it is done on stands beside it: a check's sentence says how it should be.
import type { Fix } from "../api/types";

export function fixTitle({ id, title }: Pick<Fix, "id" | "title">): string {
  const asset = /^(?:check|route):.*@(.*)$/.exec(id)?.[1];
  const rest = asset && title.startsWith(`${asset}: `) ? title.slice(asset.length + 2) : title;
  if (id.startsWith("check:")) return `Make it so: ${rest}`;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
