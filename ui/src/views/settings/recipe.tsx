// How a receiver or report is added, changed or taken away: in the file that the service reads when it starts. The page
// writes the lines; a person who may write that file puts them there.
import { useState } from "react";
import { CommandLine } from "../../parts/copy";
import {
  isName,
  namePattern,
  type ReceiverKind,
  receiverKinds,
  receiverLines,
  reportLines,
  secretFile,
  secretOf,
  settingsFile,
} from "./recipe_text";

export function Recipe() {
  const [kind, setKind] = useState<ReceiverKind | "report">("webhook");
  const [typed, setTyped] = useState("ops");
  const name = isName(typed) ? typed : "ops";
  const secret = kind === "report" ? "" : secretOf(kind);
  return (
    <section className="block">
      <h2>Add, change, remove</h2>
      <p className="quiet">
        All of it stands in <code>{settingsFile}</code> on the machine of the service, which reads it when it starts.
        Whoever may write that file decides what leaves; the page cannot. To change or remove one, change or remove its
        lines.
      </p>
      <div className="form">
        <div className="form-row">
          <label>
            What
            <select value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
              {receiverKinds.map((each) => (
                <option key={each} value={each}>
                  receiver: {each}
                </option>
              ))}
              <option value="report">report by the clock</option>
            </select>
          </label>
          <label>
            Name
            <input
              value={typed}
              pattern={namePattern}
              maxLength={40}
              spellCheck={false}
              aria-describedby="recipe-name"
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        </div>
        <small id="recipe-name" className="hint" role="status">
          {isName(typed) ? "" : "A name is 1 to 40 of a-z, 0-9, - and _."}
        </small>
      </div>
      <ol className="steps">
        <li>
          Add these lines, with your own addresses:
          <CommandLine text={kind === "report" ? reportLines(name, "mail") : receiverLines(kind, name)} />
        </li>
        {secret && (
          <li>
            Write {secret} into its file, which only root may read:
            <CommandLine text={`install -m 600 /dev/stdin ${secretFile(name)}`} />
          </li>
        )}
        <li>
          Look whether all of it is right; every fault is told with its line:
          <CommandLine text="plimsoll notify check" />
        </li>
        {kind !== "report" && (
          <li>
            Send a message:
            <CommandLine text={`plimsoll notify test ${name}`} />
          </li>
        )}
        <li>Start the service again.</li>
      </ol>
    </section>
  );
}
