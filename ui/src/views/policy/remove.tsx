// Takes a file of policies away: for admins, who can see before what would change without it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, part } from "../../api/client";
import type { PolicyTrial } from "../../api/types";
import { go } from "../../parts/address";
import { Dialog } from "../../parts/dialog";
import { FormEnd, FormError } from "../../parts/form";
import { Trial } from "./trial";

// Says nothing: as good as none.
const nothing = "schema: plimsoll.policy/1\n";

export function Remove({ name, before }: { name: string; before: string }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setAsked(true)}>
        Remove the file
      </button>
      {asked && <RemoveDialog name={name} before={before} onClose={() => setAsked(false)} />}
    </>
  );
}

function RemoveDialog({ name, before, onClose }: { name: string; before: string; onClose: () => void }) {
  const client = useQueryClient();
  const attempt = useMutation({
    mutationFn: () => change<PolicyTrial>("POST", "/policies/try", { name, text: nothing }),
  });
  const remove = useMutation({
    mutationFn: () => change("DELETE", `/policies/${part(name)}?before=${before}`),
    onSuccess: () => {
      onClose();
      go("/policy/files");
      void client.invalidateQueries({ queryKey: ["policies"] });
    },
  });
  return (
    <Dialog title={`Remove ${name}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          remove.mutate();
        }}
      >
        <p>What stands in it holds no more within seconds. Its text stays in the versions, and can be put back.</p>
        <p>
          <button type="button" className="button" disabled={attempt.isPending} onClick={() => attempt.mutate()}>
            {attempt.isPending ? "Judging everything without it …" : "See what would change"}
          </button>
        </p>
        <FormError error={attempt.error} />
        {attempt.data && !attempt.isPending && <Trial trial={attempt.data} />}
        <FormError error={remove.error} />
        <FormEnd action="Remove it" busy={remove.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
