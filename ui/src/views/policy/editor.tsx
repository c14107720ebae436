// One file of the policy: its text with faults beside their lines as it is typed, a dry run, and putting it in force.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { change, Problem, part } from "../../api/client";
import { usePolicies, usePolicyCheck, usePolicyFile, usePolicyVersion } from "../../api/queries";
import type { PolicyFaults, PolicyFile, PolicyTrial } from "../../api/types";
import { useMay, useMe } from "../../frame/me";
import { follow, go, useAddress } from "../../parts/address";
import { FormError } from "../../parts/form";
import { Answer, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";
import { editAddress, NotWritten } from "./files";
import { Remove } from "./remove";
import { goToFault, NumberedText } from "./text_area";
import { Trial } from "./trial";

const pause = 400; // milliseconds, from the last key to the check
const empty = "schema: plimsoll.policy/1\n";

export function Editor({ name }: { name: string }) {
  const file = usePolicyFile(name);
  const entry = useAddress().query.get("version") ?? "";
  const version = usePolicyVersion(entry);
  const old = entry ? version.data?.files.find((each) => each.name === name)?.text : undefined;
  return (
    <section className="block">
      <h2>{name}</h2>
      <Answer of={file} what="the file">
        {(data) =>
          entry ? (
            <Answer of={version} what="the version">
              {(from) => (
                <>
                  <p>
                    The text of <Time at={from.at} /> (entry {from.entry}), to be put back.{" "}
                    <a href={editAddress(name)} onClick={follow}>
                      To the text of now
                    </a>
                  </p>
                  {typeof old === "string" ? (
                    <Text key={entry} name={name} file={data} start={old} />
                  ) : (
                    <p>This version has no such file, or its text was too long to be kept.</p>
                  )}
                </>
              )}
            </Answer>
          ) : (
            <Text key="now" name={name} file={data} start={data?.text ?? empty} />
          )
        }
      </Answer>
    </section>
  );
}

const hashOf = (file: PolicyFile | null) => (file?.on_disk ? file.sha256 : "");

// `file`: as it is now; what is edited goes on from how it was when the editing began.
function Text({ name, file, start }: { name: string; file: PolicyFile | null; start: string }) {
  const [begun, setBegun] = useState(file);
  const [text, setText] = useState(start);
  const settled = useSettled(text);
  const policies = usePolicies();
  const operator = useMay("operator");
  const builtIn = name === "built-in";
  const check = usePolicyCheck(name, settled, operator && !builtIn);
  const faults = check.data?.faults ?? [];
  const known = check.isSuccess && !check.isPlaceholderData && settled === text;
  const elsewhere = hashOf(file) !== hashOf(begun);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const reload = () => {
    setBegun(file);
    setText(file?.text ?? empty);
  };
  if (builtIn)
    return (
      <>
        <p className="quiet">It comes with the program and is not changed; files of your own lie over it.</p>
        <NumberedText label={`Text of ${name}`} text={text} faults={[]} field={field} />
      </>
    );
  return (
    <>
      <p className="quiet" role="status">
        <State file={file} text={text} />
      </p>
      {elsewhere && (
        <p className="form-error" role="alert">
          The file was changed meanwhile.{" "}
          <button type="button" className="plain link" onClick={reload}>
            Load it anew
          </button>
        </p>
      )}
      <div className="editor">
        <NumberedText
          label={`Text of ${name}`}
          text={text}
          onChange={setText}
          faults={faults.filter((fault) => fault.name === name)}
          describedBy={list}
          field={field}
        />
        <div id={list} className="editor-side">
          {operator ? (
            <Faults
              name={name}
              faults={faults}
              known={known}
              error={check.error}
              onGo={(fault) => goToFault(field.current, fault)}
            />
          ) : (
            <p className="quiet">An operator checks texts and tries them out.</p>
          )}
        </div>
      </div>
      <Actions
        name={name}
        text={text}
        before={hashOf(begun)}
        same={text === begun?.text && begun.on_disk}
        well={known && faults.length === 0}
        writable={(policies.data?.writes ?? false) && (file?.writable ?? true)}
        onPut={(put) => setBegun(put)}
      />
      {policies.data && <NotWritten data={policies.data} />}
    </>
  );
}

function State({ file, text }: { file: PolicyFile | null; text: string }) {
  if (!file) return <>There is no such file yet.</>;
  if (file.text !== text) return <>Changed here, and not put in force.</>;
  if (file.in_force) return <>In force as it stands here.</>;
  return <>On the disk, not in force yet: the service reads it within seconds.</>;
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

type Fault = PolicyFaults["faults"][number];

function Faults({
  name,
  faults,
  known,
  error,
  onGo,
}: {
  name: string;
  faults: Fault[];
  known: boolean;
  error: unknown;
  onGo: (fault: Fault) => void;
}) {
  return (
    <>
      <p role="status">
        {error
          ? `Could not be checked: ${messageOf(error)}`
          : !known
            ? "Checking …"
            : faults.length === 0
              ? "No fault."
              : `${faults.length} ${faults.length === 1 ? "fault" : "faults"}`}
      </p>
      <ol className="faults">
        {faults.map((fault) => (
          <li key={`${fault.name} ${fault.line} ${fault.column} ${fault.what}`}>
            {fault.line > 0 && fault.name === name ? (
              <button type="button" className="plain link" onClick={() => onGo(fault)}>
                line {fault.line}, column {fault.column}
              </button>
            ) : (
              <b>{fault.line > 0 ? `${fault.name}, line ${fault.line}` : fault.name}</b>
            )}{" "}
            {fault.what}
          </li>
        ))}
      </ol>
    </>
  );
}

function Actions({
  name,
  text,
  before,
  same,
  well,
  writable,
  onPut,
}: {
  name: string;
  text: string;
  before: string;
  same: boolean;
  well: boolean;
  writable: boolean;
  onPut: (put: PolicyFile) => void;
}) {
  const client = useQueryClient();
  const me = useMe();
  const operator = useMay("operator");
  const admin = useMay("admin");
  const attempt = useMutation({ mutationFn: () => change<PolicyTrial>("POST", "/policies/try", { name, text }) });
  const put = useMutation({
    mutationFn: () => change<{ sha256: string }>("PUT", `/policies/${part(name)}`, { text, before }),
    onSuccess: (done) => {
      const written: PolicyFile = {
        name,
        path: "",
        sha256: done.sha256,
        in_force: false,
        on_disk: true,
        writable: true,
        text,
      };
      client.setQueryData<PolicyFile | null>(["policies", "file", name], (old) => ({
        ...written,
        path: old?.path ?? "",
      }));
      onPut(written);
      void client.invalidateQueries({ queryKey: ["policies"] });
      go(editAddress(name), "replace");
    },
  });
  const late = put.error instanceof Problem && put.error.status === 412;
  const whyNot = !writable
    ? "Files are not changed here; what allows it stands below."
    : !admin
      ? `You are a ${me.role}: an admin puts files in force.`
      : same
        ? "This is the text that is there."
        : !well
          ? "It has faults, or is being checked."
          : "";
  return (
    <>
      <div className="form-row">
        <button
          type="button"
          className="button"
          disabled={!operator || !well || attempt.isPending}
          onClick={() => attempt.mutate()}
        >
          Try it out
        </button>
        <button
          type="button"
          className="button button-main"
          disabled={whyNot !== "" || put.isPending}
          onClick={() => put.mutate()}
        >
          Put it in force
        </button>
        {writable && admin && before && <Remove name={name} before={before} />}
        <span role="status">
          {attempt.isPending && "Judging everything by both …"}
          {put.isPending && "Writing …"}
          {put.isSuccess && "written"}
        </span>
        {whyNot && <span className="quiet">{whyNot}</span>}
      </div>
      <FormError error={attempt.error} />
      <FormError error={put.error} />
      {late && (
        <p>
          <button
            type="button"
            className="button"
            onClick={() => void client.invalidateQueries({ queryKey: ["policies"] })}
          >
            Look at the file again
          </button>
        </p>
      )}
      {attempt.data && !attempt.isPending && <Trial trial={attempt.data} />}
    </>
  );
}
