// Approve, refuse, release: for operators, who see what will be done before they say so; others see why they cannot.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, part } from "../../api/client";
import type { ResponseRecord } from "../../api/types";
import { useMay, useMe } from "../../frame/me";
import { Dialog } from "../../parts/dialog";
import { FormEnd, FormError } from "../../parts/form";
import { duration } from "../../parts/format";
import { undoWords } from "./words";

type Verb = "approve" | "refuse" | "release";

const buttons: { verb: Verb; word: string; when: (record: ResponseRecord) => boolean }[] = [
  { verb: "approve", word: "Approve", when: ({ phase }) => phase === "asked" },
  { verb: "refuse", word: "Refuse", when: ({ phase }) => phase === "asked" },
  { verb: "release", word: "Release", when: ({ phase }) => phase === "applied" || phase === "verified" },
];

// Why the reader cannot; empty: they can.
export function useWhyNot(): string {
  const me = useMe();
  return useMay("operator") ? "" : `You are a ${me.role}: an operator or an admin approves, refuses and releases.`;
}

export function Decide({ record }: { record: ResponseRecord }) {
  const whyNot = useWhyNot();
  const [asked, setAsked] = useState<Verb | null>(null);
  const there = buttons.filter((button) => button.when(record));
  if (there.length === 0) return null;
  return (
    <span className="decide">
      {there.map(({ verb, word }) => (
        <button
          key={verb}
          type="button"
          className={verb === "approve" ? "button button-main" : "button"}
          disabled={whyNot !== ""}
          title={whyNot || undefined}
          aria-label={`${word}: ${record.asset_name}`}
          onClick={() => setAsked(verb)}
        >
          {word}
        </button>
      ))}
      {asked && <Sure record={record} verb={asked} onClose={() => setAsked(null)} />}
    </span>
  );
}

const questions: Record<Verb, { title: string; lead: string; action: string }> = {
  approve: { title: "Approve", lead: "This is done at once:", action: "Do it" },
  refuse: { title: "Refuse", lead: "This is not done:", action: "Do not do it" },
  release: { title: "Release", lead: "This is ended at once:", action: "End it" },
};

function Sure({ record, verb, onClose }: { record: ResponseRecord; verb: Verb; onClose: () => void }) {
  const client = useQueryClient();
  const { title, lead, action } = questions[verb];
  const decide = useMutation({
    mutationFn: () => change("POST", `/responses/${part(record.id)}/${verb}`, {}),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["responses"] });
      onClose();
    },
  });
  return (
    <Dialog title={`${title}: ${record.asset_name}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          decide.mutate();
        }}
      >
        <p>{lead}</p>
        <ul className="steps-short">
          {record.steps.map((step, i) => (
            <li key={i}>
              {step.what}
              {verb !== "refuse" && <span className="quiet"> · to undo it: {undoWords(step)}</span>}
            </li>
          ))}
        </ul>
        {verb === "approve" && (
          <p className="quiet">
            {record.expires > 0
              ? `It ends by itself after ${duration(record.expires)}.`
              : "It stays until somebody releases it."}
          </p>
        )}
        <FormError error={decide.error} />
        <FormEnd action={action} busy={decide.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
