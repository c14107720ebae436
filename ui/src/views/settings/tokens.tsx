// API tokens: for programs that ask in somebody's name.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { change, get, part } from "../../api/client";
import type { MadeToken, Token } from "../../api/types";
import { useMe } from "../../frame/me";
import { CommandLine } from "../../parts/copy";
import { FormError } from "../../parts/form";
import { actions, SimpleTable } from "../../parts/simple_table";
import { Answer, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";

export function Tokens() {
  const tokens = useQuery({
    queryKey: ["tokens"],
    queryFn: ({ signal }) => get<{ items: Token[] }>("/tokens", {}, signal),
  });
  return (
    <section className="block">
      <h2>API tokens</h2>
      <AddToken />
      <Answer of={tokens} what="the tokens">
        {(data) =>
          data.items.length === 0 ? (
            <p>None. A token lets a program ask in your name, with no more rights than you choose.</p>
          ) : (
            <SimpleTable heads={["For what", "Whose", "May do", "Ends", "Last used", actions]}>
              {data.items.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </SimpleTable>
          )
        }
      </Answer>
    </section>
  );
}

function TokenRow({ token }: { token: Token }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => change("DELETE", `/tokens/${part(token.id)}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <tr>
      <th scope="row">{token.label}</th>
      <td>{token.user}</td>
      <td>{token.scope}</td>
      <td>
        <Time at={token.expires_at} />
      </td>
      <td>
        <Time at={token.last_used} />
      </td>
      <td>
        <button type="button" className="plain link" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Make void
        </button>
        {remove.error && <span role="alert"> {messageOf(remove.error)}</span>}
      </td>
    </tr>
  );
}

function AddToken() {
  const me = useMe();
  const client = useQueryClient();
  const [label, setLabel] = useState("");
  const [scope, setScope] = useState<Token["scope"]>("viewer");
  const [days, setDays] = useState(90);
  const add = useMutation({
    mutationFn: () => change<MadeToken>("POST", "/tokens", { label, scope, days }),
    onSuccess: () => {
      setLabel("");
      void client.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  const ranks = ["viewer", "operator", "admin"] as const;
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <div className="form-row">
        <label>
          For what
          <input required maxLength={100} value={label} onChange={(event) => setLabel(event.target.value)} />
        </label>
        <label>
          May do
          <select value={scope} onChange={(event) => setScope(event.target.value as Token["scope"])}>
            {ranks.slice(0, ranks.indexOf(me.role) + 1).map((rank) => (
              <option key={rank}>{rank}</option>
            ))}
          </select>
        </label>
        <label>
          Days
          <input
            type="number"
            required
            min={1}
            max={366}
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          />
        </label>
        <button type="submit" className="button" disabled={add.isPending}>
          Make a token
        </button>
      </div>
      <FormError error={add.error} />
      {add.data && (
        <div className="block" role="status">
          <p>
            <b>Copy it now: it is told only once.</b>
          </p>
          <CommandLine text={add.data.secret} />
        </div>
      )}
    </form>
  );
}
