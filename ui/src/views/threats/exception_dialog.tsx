// Excepting a threat from scores: who answers for it, why, where, and until when.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { change } from "../../api/client";
import type { Asset, NewException } from "../../api/types";
import { useMe } from "../../frame/me";
import { Dialog } from "../../parts/dialog";
import { FormEnd, FormError } from "../../parts/form";

const day = 86_400_000;
const dateOf = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);

export function ExceptionDialog({
  threat,
  packageName,
  asset,
  onClose,
}: {
  threat: string;
  packageName?: string;
  asset?: Pick<Asset, "id" | "name" | "image">;
  onClose: () => void;
}) {
  const me = useMe();
  const client = useQueryClient();
  const [scope, setScope] = useState<NewException["scope"]>(asset ? "asset" : "everywhere");
  const [onlyPackage, setOnlyPackage] = useState(Boolean(packageName));
  const [reason, setReason] = useState("");
  const [owner, setOwner] = useState(me.name);
  const [until, setUntil] = useState(dateOf(Date.now() + 90 * day));
  const add = useMutation({
    mutationFn: () => {
      const body: NewException = { threat, scope, reason, owner, expires_at: `${until}T00:00:00Z` };
      if (onlyPackage && packageName) body.package = packageName;
      if (scope === "asset" && asset) body.asset = asset.id;
      if (scope === "image" && asset) body.image = asset.image;
      return change("POST", "/exceptions", body);
    },
    onSuccess: () => {
      void client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Dialog title={`Except ${threat}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <p>
          It stays in every list, marked as excepted, but no longer counts for the score. It comes back by itself when
          the time is over.
        </p>
        <fieldset className="options">
          <legend>Where</legend>
          {asset && (
            <label>
              <input type="radio" name="scope" checked={scope === "asset"} onChange={() => setScope("asset")} />
              only for {asset.name}
            </label>
          )}
          {asset?.image && (
            <label>
              <input type="radio" name="scope" checked={scope === "image"} onChange={() => setScope("image")} />
              for all of the image {asset.image}
            </label>
          )}
          <label>
            <input type="radio" name="scope" checked={scope === "everywhere"} onChange={() => setScope("everywhere")} />
            everywhere
          </label>
          {packageName && (
            <label>
              <input type="checkbox" checked={onlyPackage} onChange={(event) => setOnlyPackage(event.target.checked)} />
              only in the package {packageName}
            </label>
          )}
        </fieldset>
        <label>
          Reason
          <textarea
            required
            maxLength={1000}
            rows={3}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <div className="form-row">
          <label>
            Owner
            <input required maxLength={200} value={owner} onChange={(event) => setOwner(event.target.value)} />
          </label>
          <label>
            Until
            <input
              type="date"
              required
              min={dateOf(Date.now() + day)}
              max={dateOf(Date.now() + 364 * day)}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          </label>
        </div>
        <FormError error={add.error} />
        <FormEnd action="Except it" busy={add.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
