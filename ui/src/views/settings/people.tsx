// Accounts: who they are, what they may do.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { change, get, part } from "../../api/client";
import type { User } from "../../api/types";
import { useMe } from "../../frame/me";
import { Dialog } from "../../parts/dialog";
import { FormEnd, FormError, fewestLetters, NameField, PassphraseField } from "../../parts/form";
import { actions, SimpleTable } from "../../parts/simple_table";
import { Answer, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";

const roles = [
  { value: "viewer", label: "viewer: sees" },
  { value: "operator", label: "operator: also scans, excepts" },
  { value: "admin", label: "admin: also keeps accounts" },
] as const;

function RoleSelect({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (role: User["role"]) => void;
  label: string;
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value as User["role"])}>
      {roles.map((role) => (
        <option key={role.value} value={role.value}>
          {role.label}
        </option>
      ))}
    </select>
  );
}

export function People() {
  const users = useQuery({
    queryKey: ["users"],
    queryFn: ({ signal }) => get<{ items: User[] }>("/users", {}, signal),
  });
  const [adding, setAdding] = useState(false);
  return (
    <section className="block">
      <h2>People</h2>
      <Answer of={users} what="the accounts">
        {(data) => (
          <SimpleTable heads={["Name", "May do", "Last here", actions]}>
            {data.items.map((user) => (
              <Person key={user.name} user={user} />
            ))}
          </SimpleTable>
        )}
      </Answer>
      <p>
        <button type="button" className="button" onClick={() => setAdding(true)}>
          Add an account
        </button>
      </p>
      {adding && <AddUser onClose={() => setAdding(false)} />}
    </section>
  );
}

function Person({ user }: { user: User }) {
  const me = useMe();
  const client = useQueryClient();
  const done = { onSuccess: () => void client.invalidateQueries({ queryKey: ["users"] }) };
  const edit = useMutation({
    mutationFn: (body: Partial<User>) => change("PATCH", `/users/${part(user.name)}`, body),
    ...done,
  });
  const remove = useMutation({ mutationFn: () => change("DELETE", `/users/${part(user.name)}`), ...done });
  const [sure, setSure] = useState(false);
  const error = edit.error ?? remove.error;
  return (
    <tr>
      <th scope="row">
        {user.name}
        {user.name === me.name && <span className="quiet"> (you)</span>}
        {user.disabled && <span className="tag">disabled</span>}
      </th>
      <td>
        <RoleSelect label={`What ${user.name} may do`} value={user.role} onChange={(role) => edit.mutate({ role })} />
      </td>
      <td>
        <Time at={user.last_sign_in} />
      </td>
      <td>
        {user.name !== me.name && (
          <>
            <button type="button" className="plain link" onClick={() => edit.mutate({ disabled: !user.disabled })}>
              {user.disabled ? "Enable" : "Disable"}
            </button>
            <button type="button" className="plain link" onClick={() => (sure ? remove.mutate() : setSure(true))}>
              {sure ? `Really remove ${user.name}?` : "Remove"}
            </button>
          </>
        )}
        {error && <span role="alert"> {messageOf(error)}</span>}
      </td>
    </tr>
  );
}

function AddUser({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<User["role"]>("viewer");
  const [passphrase, setPassphrase] = useState("");
  const add = useMutation({
    mutationFn: () => change("POST", "/users", { name, role, passphrase }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["users"] });
      onClose();
    },
  });
  return (
    <Dialog title="Add an account" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <NameField label="Name" value={name} onChange={setName} autoComplete="off" made />
        <div className="form-pair">
          <span>May do</span>
          <RoleSelect label="May do" value={role} onChange={setRole} />
        </div>
        <PassphraseField
          label={`First pass phrase, ${fewestLetters} letters or more`}
          value={passphrase}
          onChange={setPassphrase}
          autoComplete="new-password"
          minLength={fewestLetters}
        />
        <FormError error={add.error} />
        <FormEnd action="Add" busy={add.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
