// Which addresses count as inside; all others are the outside.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { change, get } from "../../api/client";
import type { Networks } from "../../api/types";
import { useMay } from "../../frame/me";
import { FormError } from "../../parts/form";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";

const lines = (text: string) =>
  text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter(Boolean);

export function NetworkSettings() {
  const networks = useQuery({
    queryKey: ["networks"],
    queryFn: ({ signal }) => get<Networks>("/networks", {}, signal),
  });
  return (
    <section className="block">
      <h2>Networks inside</h2>
      <p className="quiet">
        Whoever connects from an address that is not inside comes from the outside, and raises the level of what takes
        the connection.
      </p>
      <Answer of={networks} what="the networks">
        {(data) => <Form data={data} />}
      </Answer>
    </section>
  );
}

function Form({ data }: { data: Networks }) {
  const may = useMay("admin");
  const client = useQueryClient();
  const [inside, setInside] = useState(data.inside.join("\n"));
  const [outside, setOutside] = useState(data.outside.join("\n"));
  useEffect(() => {
    setInside(data.inside.join("\n"));
    setOutside(data.outside.join("\n"));
  }, [data]);
  const done = { onSuccess: () => void client.invalidateQueries() };
  const save = useMutation({
    mutationFn: () => change("PUT", "/networks", { inside: lines(inside), outside: lines(outside) }),
    ...done,
  });
  const reset = useMutation({ mutationFn: () => change("DELETE", "/networks"), ...done });
  const error = save.error ?? reset.error;
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label>
        Inside, one network a line
        <textarea
          rows={8}
          spellCheck={false}
          disabled={!may}
          className="mono"
          value={inside}
          onChange={(event) => setInside(event.target.value)}
        />
      </label>
      <label>
        Of these, outside after all
        <textarea
          rows={3}
          spellCheck={false}
          disabled={!may}
          className="mono"
          value={outside}
          onChange={(event) => setOutside(event.target.value)}
        />
      </label>
      <p className="quiet small">
        {data.changed ? (
          <>
            Set by {data.changed_by} <Time at={data.changed_at} />.
          </>
        ) : (
          "As the policy file says."
        )}
      </p>
      <FormError error={error} />
      {may && (
        <div className="form-row">
          <button type="submit" className="button button-main" disabled={save.isPending}>
            Save
          </button>
          {data.changed && (
            <button type="button" className="button" disabled={reset.isPending} onClick={() => reset.mutate()}>
              Back to the policy file
            </button>
          )}
          <span role="status">{save.isSuccess && !error ? "saved; scores are judged anew" : ""}</span>
        </div>
      )}
    </form>
  );
}
