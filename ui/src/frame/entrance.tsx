// Who is there decides what is shown: the setup form, the sign-in form, or the page.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get, keepCsrf, onSignedOut, Problem } from "../api/client";
import type { Me } from "../api/types";
import { Failed, Waiting } from "../parts/states";
import { Frame } from "./frame";
import { MeContext } from "./me";
import { SetUp, SignIn } from "./sign_in";

// The secret of the setup link stands behind '#', so that it is in no request line and no log.
function takeSetupSecret(): string {
  const found = /^#setup=(.+)$/.exec(window.location.hash);
  if (!found) return "";
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return decodeURIComponent(found[1]!);
}

const first = takeSetupSecret();

async function whoAmI(signal: AbortSignal): Promise<Me | null> {
  try {
    const me = await get<Me>("/me", {}, signal);
    keepCsrf(me.csrf);
    return me;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return null;
    throw problem;
  }
}

export const who = {
  queryKey: ["me"],
  queryFn: ({ signal }: { signal: AbortSignal }) => whoAmI(signal),
  staleTime: Number.POSITIVE_INFINITY,
};

export function Entrance() {
  const client = useQueryClient();
  const [secret, setSecret] = useState(first);
  const me = useQuery(who);
  const setup = useQuery({
    queryKey: ["setup"],
    queryFn: ({ signal }) => get<{ needed: boolean }>("/setup", {}, signal),
    enabled: me.data === null,
    staleTime: 0,
  });
  useEffect(() => onSignedOut(() => client.setQueryData(["me"], null)), [client]);
  useEffect(() => {
    const onHash = () => setSecret(takeSetupSecret() || secret);
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, [secret]);

  const enter = (entered: Me) => {
    keepCsrf(entered.csrf);
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" && query.state.status === "error" });
    client.setQueryData(["me"], entered);
  };
  if (me.data) {
    return (
      <MeContext.Provider value={me.data}>
        <Frame />
      </MeContext.Provider>
    );
  }
  if (me.data === null && setup.data) {
    return setup.data.needed ? <SetUp secret={secret} onDone={enter} /> : <SignIn onDone={enter} />;
  }
  const error = me.error ?? setup.error;
  return (
    <main className="entrance">
      {error ? (
        <Failed
          what="Plimsoll does not answer"
          error={error}
          retry={() => void (me.data === null ? setup : me).refetch()}
        />
      ) : (
        <Waiting what="the service" />
      )}
    </main>
  );
}
