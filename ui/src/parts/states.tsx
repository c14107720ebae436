// Nothing there, something wrong, something awaited: each says what is the case and what to do.
import { type ReactNode, useEffect, useState } from "react";
import { Problem } from "../api/client";
import { CommandLine } from "./copy";
import { Time } from "./time";

export function Empty({ title, children, command }: { title: string; children?: ReactNode; command?: string }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children && <p>{children}</p>}
      {command && <CommandLine text={command} />}
    </div>
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function Failed({
  what,
  error,
  since,
  retry,
}: {
  what: string;
  error: unknown;
  since?: number;
  retry?: () => void;
}) {
  const status = error instanceof Problem ? error.status : -1;
  const more =
    status === 403
      ? "Your role does not allow it; an admin can change that under Settings."
      : status === 0
        ? "What was loaded stays as it was; the page tries again by itself."
        : status === 503
          ? "The service is at work or cannot do this now; the page tries again by itself."
          : "";
  return (
    <div className="state state-failed" role="alert">
      <p className="state-title">{what}</p>
      <p>
        {messageOf(error)}
        {since ? ` (since ${new Date(since).toLocaleTimeString()})` : ""}. {more}
      </p>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

// Says what it waits for, after a moment: what comes at once needs no word.
export function Waiting({ what }: { what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="state" role="status">
      {shown && <p className="quiet">Waiting for {what} …</p>}
    </div>
  );
}

// What is shown could not be had anew: it stays, and is not taken for what is now.
function Old({ what, error, of, retry }: { what: string; error: unknown; of?: number; retry?: () => unknown }) {
  return (
    <p className="old-note" role="status">
      Not up to date: could not load {what}, {messageOf(error)}. What is here stays
      {of ? (
        <>
          , of <Time at={new Date(of).toISOString()} />
        </>
      ) : null}
      .{" "}
      {retry && (
        <button type="button" className="plain link" onClick={() => void retry()}>
          Try again
        </button>
      )}
    </p>
  );
}

// What a query came to: its data, or the state that stands in its place. Data that is there stays when a later try fails.
interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  errorUpdatedAt?: number;
  dataUpdatedAt?: number;
  refetch?: () => unknown;
}
export function Answer<T>({ of, what, children }: { of: Asked<T>; what: string; children: (data: T) => ReactNode }) {
  if (of.data !== undefined)
    return (
      <>
        {of.error ? <Old what={what} error={of.error} of={of.dataUpdatedAt} retry={of.refetch} /> : null}
        {children(of.data)}
      </>
    );
  if (of.error)
    return (
      <Failed
        what={`Could not load ${what}`}
        error={of.error}
        since={of.errorUpdatedAt}
        retry={of.refetch && (() => void of.refetch?.())}
      />
    );
  return <Waiting what={what} />;
}
