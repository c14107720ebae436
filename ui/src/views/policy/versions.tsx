// Which files came into force when, by whom; what changed between two of them; and the way back.
import { usePolicyDiff, usePolicyVersions } from "../../api/queries";
import type { PolicyVersions } from "../../api/types";
import { follow, go, here, useAddress } from "../../parts/address";
import { SimpleTable } from "../../parts/simple_table";
import { Answer, Empty } from "../../parts/states";
import { Time } from "../../parts/time";
import { whoOf } from "../responses/words";
import { editAddress } from "./files";
import { folded } from "./fold";

type Version = PolicyVersions["items"][number];

export function Versions() {
  const versions = usePolicyVersions();
  const { query } = useAddress();
  return (
    <section className="block">
      <h2>Versions</h2>
      <Answer of={versions} what="the versions">
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="Only the built-in policy was ever in force.">
              Each set of files that comes into force is kept in the log, with the texts, and stands here.
            </Empty>
          ) : (
            <>
              <Table items={data.items} />
              {query.get("to") && (
                <Difference items={data.items} from={query.get("from") ?? "0"} to={query.get("to")!} />
              )}
            </>
          )
        }
      </Answer>
    </section>
  );
}

const followTo = (ends: Record<string, string>) => go(here(ends), "replace");
const words = { added: "new", changed: "changed", gone: "gone", same: "" };
const whatChanged = (version: Version) => version.files.filter((file) => file.change !== "same");

function Table({ items }: { items: Version[] }) {
  return (
    <SimpleTable
      name="Versions of the policy"
      heads={["In force since", "By", "Files that changed", { name: "Look at it", unseen: true }]}
    >
      {items.map((version, i) => (
        <tr key={version.entry}>
          <th scope="row">
            <Time at={version.at} />
            {i === 0 && (
              <>
                {" "}
                <span className="tag">now</span>
              </>
            )}
          </th>
          <td>{version.by.map(whoOf).join(", ") || <span className="quiet">on the machine</span>}</td>
          <td>
            <ul>
              {whatChanged(version).map((file) => (
                <li key={file.name}>
                  <code>{file.name}</code> <span className="quiet">{words[file.change]}</span>{" "}
                  {i > 0 && file.kept && (
                    <a href={editAddress(file.name, version.entry)} onClick={follow}>
                      put this text back
                    </a>
                  )}
                </li>
              ))}
            </ul>
          </td>
          <td>
            <a
              href={here({ from: String(items[i + 1]?.entry ?? 0), to: String(version.entry) })}
              onClick={follow}
              aria-label={`What changed with entry ${version.entry}`}
            >
              what changed
            </a>
          </td>
        </tr>
      ))}
    </SimpleTable>
  );
}

function Difference({ items, from, to }: { items: Version[]; from: string; to: string }) {
  const diff = usePolicyDiff(from, to);
  const options = [...items.map((version) => String(version.entry)), "0"];
  const nameOf = (entry: string) => (entry === "0" ? "the built-in alone" : `entry ${entry}`);
  return (
    <section aria-labelledby="policy-diff" className="block">
      <h3 id="policy-diff">What changed</h3>
      <div className="form-row narrow">
        {(["from", "to"] as const).map((end) => (
          <label key={end}>
            {end === "from" ? "From" : "To"}
            <select value={end === "from" ? from : to} onChange={(event) => followTo({ [end]: event.target.value })}>
              {options.map((entry) => (
                <option key={entry} value={entry}>
                  {nameOf(entry)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <Answer of={diff} what="the difference">
        {(data) =>
          data.files.length === 0 ? (
            <p>Nothing: the files are the same.</p>
          ) : (
            data.files.map((file) => (
              <div key={file.name} className="block">
                <h4>
                  <code>{file.name}</code> <span className="quiet">{words[file.change]}</span>
                </h4>
                <Lines lines={file.lines} />
              </div>
            ))
          )
        }
      </Answer>
    </section>
  );
}

const signs = { same: " ", removed: "−", added: "+" };
const spoken = { same: "", removed: "removed: ", added: "added: " };

function Lines({ lines }: { lines: Parameters<typeof folded>[0] | null }) {
  if (!lines) return <p>Too long to be compared, or no longer kept.</p>;
  return (
    <ol className="diff" aria-label="Lines">
      {folded(lines).map((line, i) =>
        line.kind === "folded" ? (
          <li key={`${i} folded`} className="diff-folded">
            {line.lines} {line.lines === 1 ? "line" : "lines"} alike
          </li>
        ) : (
          <li key={`${i} ${line.kind}`} className={`diff-${line.kind}`}>
            <span aria-hidden="true">{signs[line.kind]}</span>
            <span className="unseen">{spoken[line.kind]}</span> {line.text}
          </li>
        ),
      )}
    </ol>
  );
}
