// All exceptions, so that nobody forgets one.
import { useState } from "react";
import { useExceptions } from "../../api/queries";
import { Answer } from "../../parts/states";
import { ExceptionList } from "../threats/threat_drawer";

const states = ["active", "expired", "all"] as const;

export function ExceptionSettings() {
  const [state, setState] = useState<(typeof states)[number]>("active");
  const exceptions = useExceptions({ state });
  return (
    <section className="block">
      <h2>Exceptions</h2>
      <p className="quiet">
        Threats that somebody took the responsibility for: they do not count for a score until their time is over. They
        are made from a threat's row, or stand in a file of policies.
      </p>
      <nav className="chips" aria-label="Which">
        {states.map((each) => (
          <button
            key={each}
            type="button"
            className={each === state ? "chip chip-on chip-link" : "chip chip-link"}
            aria-pressed={each === state}
            onClick={() => setState(each)}
          >
            {each}
          </button>
        ))}
      </nav>
      <Answer of={exceptions} what="the exceptions">
        {(data) => (data.items.length === 0 ? <p>None.</p> : <ExceptionList items={data.items} named />)}
      </Answer>
    </section>
  );
}
