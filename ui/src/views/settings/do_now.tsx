// A button that asks for one thing at once, and what came of it beside it.
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { change } from "../../api/client";
import { messageOf } from "../../parts/states";

export function DoNow<Done>({
  word,
  label,
  path,
  stale,
  told,
}: {
  word: string;
  label: string; // of this one among others, spoken
  path: string;
  stale: string[]; // the key of what is to be asked anew afterwards
  told: (state: UseMutationResult<Done, Error, void>) => ReactNode;
}) {
  const client = useQueryClient();
  const state = useMutation<Done, Error, void>({
    mutationFn: () => change<Done>("POST", path, {}),
    onSettled: () => void client.invalidateQueries({ queryKey: stale }),
  });
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={state.isPending}
        aria-label={label}
        onClick={() => state.mutate()}
      >
        {word}
      </button>
      <div role="status" className="small">
        {told(state)}
        {state.error && <b>{messageOf(state.error)}</b>}
      </div>
    </>
  );
}
