// "Scan now", and what a running scan does at this moment.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { change } from "../api/client";
import { useStatus } from "../api/queries";
import { follow } from "../parts/address";
import { exact } from "../parts/format";
import { Icon } from "../parts/icon";
import { messageOf } from "../parts/states";
import { Time } from "../parts/time";
import { useMay } from "./me";

interface ScanState {
  step: string;
  fault: string;
  last: string | null;
  scans: number;
}

export const scanOf = (status: { scan: unknown } | undefined) => status?.scan as ScanState | undefined;

export function Scan() {
  const client = useQueryClient();
  const may = useMay("operator");
  const [asked, setAsked] = useState<number | null>(null); // scans when it was asked for
  const status = useStatus(asked !== null);
  const scan = scanOf(status.data);
  const ask = useMutation({
    mutationFn: () => change("POST", "/scan", {}),
    onMutate: () => setAsked(scan?.scans ?? 0),
    onError: () => setAsked(null),
    onSettled: () => void client.invalidateQueries({ queryKey: ["status"] }),
  });
  const done = useRef("");
  useEffect(() => {
    if (asked === null || !scan || scan.scans <= asked || scan.step) return;
    done.current = "The scan is done.";
    setAsked(null);
    void client.invalidateQueries();
  }, [asked, scan, client]);
  const running = asked !== null || Boolean(scan?.step);
  const text = running ? scan?.step || "scan asked for" : ask.error ? messageOf(ask.error) : "";
  return (
    <span className="scan">
      <span className="scan-step" role="status">
        {running ? (
          <span className="cut">{text} …</span>
        ) : ask.error ? (
          <span className="warn">{text}</span>
        ) : (
          <span className="unseen">{done.current}</span>
        )}
        {!running && scan?.fault && (
          <a className="warn" href="/settings/about" onClick={follow} title={scan.fault}>
            the last scan failed
          </a>
        )}
        {!running && !ask.error && scan?.last && (
          <span className="quiet scan-last" title={exact(scan.last)}>
            scanned <Time at={scan.last} />
          </span>
        )}
      </span>
      <button
        type="button"
        className="button"
        disabled={!may || running}
        title={may ? "Read everything again, now" : "Your role does not allow scans"}
        onClick={() => {
          done.current = "";
          ask.mutate();
        }}
      >
        <Icon name="scan" />
        <span className="scan-word">Scan now</span>
      </button>
    </span>
  );
}
