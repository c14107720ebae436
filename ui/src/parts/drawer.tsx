// Details at the right, with their own address (?open=kind/id/tab): the list beside it stays where it was. Esc closes; its
// width can be dragged and is kept.
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { keep, recall } from "../theme/theme";
import { follow, go, here, openAddress, useOpened } from "./address";
import { Icon } from "./icon";

const narrowest = 360;

function startWidth() {
  const kept = Number(recall("plimsoll.drawer"));
  return kept >= narrowest ? kept : Math.max(narrowest, Math.round(window.innerWidth * 0.5));
}

export const closeDrawer = () => go(here({ open: undefined }));

export function Drawer({ title, mark, children }: { title: string; mark?: ReactNode; children: ReactNode }) {
  const [width, setWidth] = useState(startWidth);
  const ref = useRef<HTMLElement>(null);
  const fit = useCallback((wanted: number) => Math.min(Math.max(narrowest, wanted), window.innerWidth - 200), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) closeDrawer();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <aside className="drawer" aria-label={title} ref={ref} style={{ width: fit(width) }}>
      <div
        className="drawer-edge"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        aria-valuenow={Math.round(width)}
        aria-valuemin={narrowest}
        aria-valuemax={window.innerWidth}
        tabIndex={0}
        onKeyDown={(event) => {
          const step = event.key === "ArrowLeft" ? 32 : event.key === "ArrowRight" ? -32 : 0;
          if (!step) return;
          event.preventDefault();
          const next = fit(width + step);
          setWidth(next);
          keep("plimsoll.drawer", String(next));
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          event.preventDefault();
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(fit(window.innerWidth - event.clientX));
        }}
        onPointerUp={() => keep("plimsoll.drawer", String(fit(width)))}
      />
      <header className="drawer-head">
        {mark}
        <h2>{title}</h2>
        <button
          type="button"
          className="plain"
          aria-label="Close the details"
          title="Close (Esc)"
          onClick={closeDrawer}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}

// The tabs of a drawer: each is a link, so that it has an address.
export function Tabs({
  tabs,
  label,
}: {
  tabs: { id: string; name: string; count?: number | string; body: () => ReactNode }[];
  label: string;
}) {
  const opened = useOpened();
  const chosen = tabs.find((tab) => tab.id === opened?.tab) ?? tabs[0];
  if (!opened || !chosen) return null;
  return (
    <>
      <nav className="tabs" aria-label={label}>
        {tabs.map((tab) => (
          <a
            key={tab.id}
            href={openAddress({ ...opened, tab: tab.id })}
            aria-current={tab === chosen ? "true" : undefined}
            onClick={(event) => {
              follow(event);
            }}
          >
            {tab.name}
            {tab.count !== undefined && <span className="tab-count">{tab.count}</span>}
          </a>
        ))}
      </nav>
      <section className="drawer-body" aria-label={chosen.name} key={chosen.id}>
        {chosen.body()}
      </section>
    </>
  );
}
