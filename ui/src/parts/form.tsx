// Fields and the foot of forms.
import type { HTMLInputAutoCompleteAttribute } from "react";
import { messageOf } from "./states";

// A pass phrase that is made has this many letters or more.
export const fewestLetters = 12;

interface FieldOf {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: HTMLInputAutoCompleteAttribute;
}

// The name of an account; `made`: of one that is to be.
export function NameField({
  label,
  value,
  onChange,
  autoComplete,
  made = false,
  first = false,
}: FieldOf & { made?: boolean; first?: boolean }) {
  const rules = made ? { pattern: "[A-Za-z0-9._@\\-]{1,64}", title: "Letters, digits and . _ @ -" } : {};
  return (
    <label>
      {label}
      <input
        autoFocus={first}
        required
        autoComplete={autoComplete}
        {...rules}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

export function PassphraseField({ label, value, onChange, autoComplete, minLength }: FieldOf & { minLength?: number }) {
  return (
    <label>
      {label}
      <input
        type="password"
        required
        minLength={minLength}
        autoComplete={autoComplete}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

export function FormError({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p className="form-error" role="alert">
      {typeof error === "string" ? error : messageOf(error)}
    </p>
  );
}

// The foot of a form in a dialog.
export function FormEnd({ action, busy, onCancel }: { action: string; busy: boolean; onCancel: () => void }) {
  return (
    <div className="form-end">
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
      <button type="submit" className="button button-main" disabled={busy}>
        {action}
      </button>
    </div>
  );
}
