// One's own pass phrase.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { change } from "../../api/client";
import { useMe } from "../../frame/me";
import { FormError, fewestLetters, PassphraseField } from "../../parts/form";

export function Account() {
  const me = useMe();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const save = useMutation({
    mutationFn: () => change("POST", "/me/passphrase", { old, new: next }),
    onSuccess: () => {
      setOld("");
      setNext("");
    },
  });
  return (
    <section className="block">
      <h2>My account</h2>
      <p>
        {me.name}, {me.role}. A new pass phrase ends your other sessions.
      </p>
      <form
        className="form narrow"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <PassphraseField label="Pass phrase now" value={old} onChange={setOld} autoComplete="current-password" />
        <PassphraseField
          label={`The new one, ${fewestLetters} letters or more`}
          value={next}
          onChange={setNext}
          autoComplete="new-password"
          minLength={fewestLetters}
        />
        <FormError error={save.error} />
        <div className="form-row">
          <button type="submit" className="button button-main" disabled={save.isPending}>
            Change it
          </button>
          <span role="status">{save.isSuccess ? "changed" : ""}</span>
        </div>
      </form>
    </section>
  );
}
