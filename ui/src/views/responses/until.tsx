// When a response ends by itself; of one that waits, when it is too late to answer.
import type { ResponseRecord } from "../../api/types";
import { Time } from "../../parts/time";
import { stateOf, untilOf } from "./words";

export function Until({ record }: { record: ResponseRecord }) {
  if (stateOf(record) === "over") return null;
  return <Time at={untilOf(record)} none="until it is released" />;
}
