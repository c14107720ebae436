// The response rules in force: what each would do, and whether it observes, asks or acts.
import { useResponseRules } from "../../api/queries";
import type { ResponseRule } from "../../api/types";
import { follow } from "../../parts/address";
import { duration } from "../../parts/format";
import { SimpleTable } from "../../parts/simple_table";
import { Answer } from "../../parts/states";
import { rulesSentence } from "../responses/words";

const modes: Record<ResponseRule["mode"], string> = {
  observe: "observes: the log says what it would do",
  ask: "asks a person first",
  enforce: "acts by itself",
};

export function Rules() {
  const rules = useResponseRules();
  return (
    <section className="block">
      <h2>Response rules</h2>
      <Answer of={rules} what="the rules">
        {(data) => (
          <>
            <p>
              {rulesSentence(data.items)} What is in force stands under{" "}
              <a href="/responses" onClick={follow}>
                Responses
              </a>
              .{!data.acts && " This program was built without acting: every rule only observes."}
            </p>
            <SimpleTable name="Response rules in force" heads={["Rule", "Does", "Mode", "Ends"]}>
              {data.items.map((rule) => (
                <tr key={rule.id}>
                  <th scope="row">
                    {rule.title || rule.id}
                    <br />
                    <code className="quiet">{rule.id}</code>
                  </th>
                  <td>{rule.what.join(", ")}</td>
                  <td>{modes[rule.mode]}</td>
                  <td>
                    {rule.expires > 0 ? `after ${duration(rule.expires)}` : "when released"}
                    <br />
                    <span className="quiet">
                      at most {rule.limit.most} in {duration(rule.limit.within)}
                    </span>
                  </td>
                </tr>
              ))}
            </SimpleTable>
            <p className="quiet">
              Never acted on: what carries one of the labels {data.protected.join(", ")}; the host; Plimsoll itself. A
              rule's mode is changed by a file that names its id, as in <code>{"{id: escape-open, mode: ask}"}</code>.
            </p>
          </>
        )}
      </Answer>
    </section>
  );
}
