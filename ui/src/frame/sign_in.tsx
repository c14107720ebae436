// The two forms before the page: the first account, and signing in.
import { type FormEvent, type ReactNode, useState } from "react";
import { change, Problem } from "../api/client";
import type { Me } from "../api/types";
import { FormError, fewestLetters, NameField, PassphraseField } from "../parts/form";
import { messageOf } from "../parts/states";

function Form({
  title,
  action,
  busy,
  error,
  onSubmit,
  children,
}: {
  title: string;
  action: string;
  busy: boolean;
  error: string;
  onSubmit: () => void;
  children: ReactNode;
}) {
  return (
    <main className="entrance">
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!busy) onSubmit();
        }}
      >
        <h1>
          <LoadLineMark />
          {title}
        </h1>
        {children}
        <FormError error={error} />
        <button type="submit" className="button button-main" disabled={busy}>
          {busy ? "One moment …" : action}
        </button>
      </form>
    </main>
  );
}

export function LoadLineMark() {
  return (
    <svg className="brand" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <circle cx="16" cy="16" r="10" />
      <path d="M0 16h32" />
    </svg>
  );
}

function useForm(send: () => Promise<Me>, onDone: (me: Me) => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const submit = async () => {
    setBusy(true);
    setError("");
    try {
      onDone(await send());
    } catch (failure) {
      const wait = failure instanceof Problem && failure.retryAfter ? ` Try again in ${failure.retryAfter} s.` : "";
      setError(`${sentence(messageOf(failure))}${wait}`);
      setBusy(false);
    }
  };
  return { busy, error, setError, submit };
}

const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

export function SignIn({ onDone }: { onDone: (me: Me) => void }) {
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const form = useForm(() => change<Me>("POST", "/login", { name, passphrase }), onDone);
  return (
    <Form title="Plimsoll" action="Sign in" busy={form.busy} error={form.error} onSubmit={() => void form.submit()}>
      <NameField label="Name" value={name} onChange={setName} autoComplete="username" first />
      <PassphraseField
        label="Pass phrase"
        value={passphrase}
        onChange={setPassphrase}
        autoComplete="current-password"
      />
    </Form>
  );
}

export function SetUp({ secret, onDone }: { secret: string; onDone: (me: Me) => void }) {
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const form = useForm(() => change<Me>("POST", "/setup", { secret, name, passphrase }), onDone);
  if (!secret) {
    return (
      <main className="entrance">
        <div className="state">
          <h1 className="state-title">Nobody has an account here yet.</h1>
          <p>
            Open the link that <code>plimsoll serve</code> printed when it started; it makes the first account, once,
            within a day.
          </p>
          <p>It is past, or lost? Start the service again: it prints a new one.</p>
        </div>
      </main>
    );
  }
  const check = () => {
    if (passphrase.length < fewestLetters)
      form.setError(`A pass phrase has ${fewestLetters} letters or more; four plain words are a good one.`);
    else if (passphrase !== again) form.setError("The two pass phrases differ.");
    else void form.submit();
  };
  return (
    <Form title="The first account" action="Make the account" busy={form.busy} error={form.error} onSubmit={check}>
      <p>You will be the admin. The scan of this machine has begun already.</p>
      <NameField label="Name" value={name} onChange={setName} autoComplete="username" made first />
      <PassphraseField
        label={`Pass phrase, ${fewestLetters} letters or more`}
        value={passphrase}
        onChange={setPassphrase}
        autoComplete="new-password"
      />
      <PassphraseField label="The same once more" value={again} onChange={setAgain} autoComplete="new-password" />
    </Form>
  );
}
