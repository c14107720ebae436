// The files in force, and where a new one begins.
import { type FormEvent, useState } from "react";
import { usePolicies } from "../../api/queries";
import type { Policies } from "../../api/types";
import { useMay } from "../../frame/me";
import { follow, go } from "../../parts/address";
import { Code, CommandLine } from "../../parts/copy";
import { bytes } from "../../parts/format";
import { SimpleTable } from "../../parts/simple_table";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";

// In the query: the service takes a path with a dot for a file of the page.
export const editAddress = (name: string, version?: number) =>
  `/policy/files?file=${encodeURIComponent(name)}${version ? `&version=${version}` : ""}`;

export function Files() {
  const policies = usePolicies();
  return (
    <section className="block">
      <h2>Files in force</h2>
      <p className="quiet">
        A policy says how scores are made, which networks are inside, and what may be done by itself. Files of your own
        lie over the built-in one, in the order of their names; each holds only what it changes.
      </p>
      <Answer of={policies} what="the policy">
        {(data) => (
          <>
            <Table data={data} />
            <NotWritten data={data} />
            {data.writes && <NewFile />}
          </>
        )}
      </Answer>
    </section>
  );
}

function Table({ data }: { data: Policies }) {
  return (
    <>
      <SimpleTable name="Files of the policy in force" heads={["File", { name: "Size", right: true }, "Where"]}>
        <tr>
          <th scope="row">
            <a href={editAddress("built-in")} onClick={follow}>
              built-in
            </a>
          </th>
          <td />
          <td className="quiet">in the program</td>
        </tr>
        {data.items.map((file) => (
          <tr key={file.path}>
            <th scope="row">
              <a href={editAddress(file.name)} onClick={follow}>
                {file.name}
              </a>
            </th>
            <td className="right number">{bytes(file.bytes)}</td>
            <td>
              <Code text={file.path} />
            </td>
          </tr>
        ))}
      </SimpleTable>
      <p className="quiet">
        {data.items.length === 0 && "The built-in policy alone is in force. "}
        {data.since && (
          <>
            So since <Time at={data.since} />.
          </>
        )}
      </p>
    </>
  );
}

// Why nothing can be put in force here, and what would allow it; nothing where it can.
export function NotWritten({ data }: { data: Policies }) {
  const admin = useMay("admin");
  if (data.writes) return admin ? null : <p className="quiet">An admin puts files in force here.</p>;
  return (
    <div className="block">
      <p>
        <b>
          {data.why.charAt(0).toUpperCase()}
          {data.why.slice(1)}.
        </b>{" "}
        A text can be checked and tried out all the same, and saved on the machine by hand. Whoever may change policies
        may have containers stopped, so the operator of the machine says whether that is done here:
      </p>
      <CommandLine text="plimsoll serve --policies-by-api" />
    </div>
  );
}

function NewFile() {
  const admin = useMay("admin");
  const [name, setName] = useState("");
  if (!admin) return null;
  return (
    <form
      className="form-row narrow"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        go(editAddress(name));
      }}
    >
      <label>
        A new file
        <input
          required
          pattern="[a-z0-9\-]+\.yaml"
          maxLength={64}
          title="Small letters, digits and -, ending in .yaml"
          placeholder="10-ours.yaml"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" className="button">
        Begin it
      </button>
    </form>
  );
}
