// One event as a line.
import type { JournalEvent } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Time } from "../../parts/time";
import { lineOf } from "./sentence";

export function EventLine({ event }: { event: JournalEvent }) {
  return (
    <li>
      <Time at={event.at} />{" "}
      <a href={openAddress({ kind: "event", id: String(event.sequence) })} onClick={follow}>
        {lineOf(event)}
      </a>
    </li>
  );
}
