// The mark of an asset that is under a response: filled where something is in force, an outline where it waits for approval.
import type { OpenResponse } from "../api/types";
import { follow, openAddress } from "./address";
import { isHeld, underText } from "./under_words";

export function UnderSign({ held }: { held: boolean }) {
  return (
    <svg className={held ? "under under-held" : "under"} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path className="under-rim" d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" />
      <path className="under-bar" d="M5 8h6" />
    </svg>
  );
}

// In lists.
export function UnderMark({ of }: { of: OpenResponse[] }) {
  if (of.length === 0) return null;
  const text = underText(of);
  return (
    <span title={text} className="under-mark">
      <UnderSign held={isHeld(of)} />
      <span className="unseen">, under a response, {text}</span>
    </span>
  );
}

// In the head of its details: each with the way to it.
export function UnderLinks({ of }: { of: OpenResponse[] }) {
  return of.map((each) => (
    <a key={each.id} className="under-link" href={openAddress({ kind: "response", id: each.id })} onClick={follow}>
      <UnderSign held={each.phase !== "asked"} />
      {underText([each])}
    </a>
  ));
}
