// A table of a few rows, that fits the page as it is; what may be long is a list (list/).
import type { ReactNode } from "react";

// A text alone: a plain heading. `unseen`: told to screen readers only.
type Head = string | { name: string; right?: boolean; unseen?: boolean };

export function SimpleTable({ name, heads, children }: { name?: string; heads: Head[]; children: ReactNode }) {
  return (
    <div className="table-scroll">
      <table className="simple">
        {name && <caption className="unseen">{name}</caption>}
        <thead>
          <tr>
            {heads.map((each) => {
              const head = typeof each === "string" ? { name: each } : each;
              return (
                <th key={head.name} scope="col" className={head.right ? "right" : undefined}>
                  {head.unseen ? <span className="unseen">{head.name}</span> : head.name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export const actions: Head = { name: "Actions", unseen: true };
