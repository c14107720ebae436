// Reads one asset again.
import { useMutation } from "@tanstack/react-query";
import { change, part } from "../../api/client";
import { useMay } from "../../frame/me";
import { Icon } from "../../parts/icon";
import { messageOf } from "../../parts/states";

export function RescanButton({ id }: { id: string }) {
  const may = useMay("operator");
  const ask = useMutation({ mutationFn: () => change("POST", `/assets/${part(id)}/scan`, {}) });
  if (!may) return null;
  return (
    <>
      <button type="button" className="plain link" disabled={ask.isPending} onClick={() => ask.mutate()}>
        <Icon name="scan" />
        Scan this
      </button>
      <span role="status">{ask.error ? messageOf(ask.error) : ask.isSuccess ? "asked for" : ""}</span>
    </>
  );
}
