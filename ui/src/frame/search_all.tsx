// Search over everything: assets by name, packages with who has them, threats by id and title. What it finds opens in the
// drawer where the reader is.
import { useEffect, useId, useRef, useState } from "react";
import { go, openAddress } from "../parts/address";
import { Icon } from "../parts/icon";
import { messageOf } from "../parts/states";
import { type Hit, HitRow, keyOfHit, shortestText, useHits } from "./search_hits";

export function SearchAll() {
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), 180);
    return () => clearTimeout(timer);
  }, [typed]);
  const hits = useHits(text);
  const rows = text.length >= shortestText ? (hits.data ?? []) : [];
  const shown = open && text.length >= shortestText;
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    go(openAddress(hit.opens));
    setOpen(false);
    setTyped("");
    field.current?.blur();
  };
  return (
    <div className="search-all">
      <label className="search">
        <Icon name="search" />
        <span className="unseen">Search assets, packages and threats</span>
        <input
          ref={field}
          type="search"
          role="combobox"
          data-search="all"
          placeholder="Search assets, CVEs, packages"
          value={typed}
          aria-expanded={shown}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={shown && rows[at] ? `${id}-${at}` : undefined}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setTyped(event.target.value);
            setOpen(true);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step && rows.length > 0) {
              event.preventDefault();
              setAt((at + step + rows.length) % rows.length);
            } else if (event.key === "Enter") {
              // Not what was found for fewer letters.
              if (text === typed.trim() && !hits.isPlaceholderData) choose(rows[at]);
            } else if (event.key === "Escape") {
              event.stopPropagation();
              setTyped("");
              event.currentTarget.blur();
            }
          }}
        />
      </label>
      <div id={id} className="panel hits" role="listbox" aria-label="What was found" hidden={!shown}>
        {rows.map((hit, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and says which is active
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <div
            key={keyOfHit(hit)}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className="hit"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(hit)}
          >
            <HitRow hit={hit} />
          </div>
        ))}
        {shown && rows.length === 0 && (
          <p className="quiet hit">
            {hits.isFetching
              ? "Searching …"
              : hits.error
                ? `The search failed: ${messageOf(hits.error)}`
                : "Nothing found."}
          </p>
        )}
      </div>
    </div>
  );
}
