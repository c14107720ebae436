// Assets whose score would be another one: each with the way to it, before and after.
import type { ComponentProps } from "react";
import { follow, openAddress } from "./address";
import { Badge } from "./badge";

type Level = ComponentProps<typeof Badge>["level"];

export interface Fall {
  asset: string;
  name: string;
  before: number;
  after: number;
  level_before?: Level; // none: as the usual thresholds have it
  level_after?: Level;
}

export function Falls({ of }: { of: Fall[] }) {
  return (
    <ul className="falls">
      {of.map((fall) => (
        <li key={fall.asset}>
          <a href={openAddress({ kind: "asset", id: fall.asset })} onClick={follow} className="cut">
            {fall.name}
          </a>
          <span className="fall">
            <Badge size={20} score={fall.before} level={fall.level_before} /> →{" "}
            <Badge size={20} score={fall.after} level={fall.level_after} />
          </span>
        </li>
      ))}
    </ul>
  );
}
