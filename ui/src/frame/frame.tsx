// What stands around every view: the rail, the bar on top, the drawer; and what the whole page hears on the keyboard.
import { Suspense, useEffect, useState } from "react";
import { useResponses } from "../api/queries";
import { LiveProvider } from "../live/provider";
import { follow, go, useAddress, useOpened } from "../parts/address";
import { Drawer } from "../parts/drawer";
import { Icon } from "../parts/icon";
import { fetchAll } from "../parts/later";
import { Empty, Waiting } from "../parts/states";
import { drawers, type View, viewAt, views } from "../views/table";
import { Boundary } from "./boundary";
import { Keys, usePageKeys } from "./keys";
import { LoadLineMark } from "./sign_in";
import { TopBar } from "./top_bar";

const idleAfter = 3000; // milliseconds
const onPhone = 4; // views with a place of their own in the bar of a phone; the rest is under "More"

export function Frame() {
  const { path } = useAddress();
  const [help, setHelp] = useState(false);
  usePageKeys(() => setHelp(true));
  useEffect(() => {
    if (path === "/") go("/overview", "replace");
  }, [path]);
  useEffect(() => {
    const timer = setTimeout(() => void fetchAll(), idleAfter);
    return () => clearTimeout(timer);
  }, []);
  const view = viewAt(path);
  useEffect(() => {
    document.title = view ? `${view.name} · Plimsoll` : "Plimsoll";
  }, [view]);
  return (
    <LiveProvider>
      <a className="skip" href="#view">
        To the content
      </a>
      <div className="frame">
        <Rail current={view} />
        <TopBar onHelp={() => setHelp(true)} />
        <div className="frame-body">
          <main id="view" tabIndex={-1} className="view">
            {view && (
              <Boundary key={view.path}>
                <Suspense fallback={<Waiting what={view.name} />}>
                  <view.body />
                </Suspense>
              </Boundary>
            )}
            {!view && path !== "/" && (
              <Empty title="There is no such page.">
                <a href="/overview" onClick={follow}>
                  To the overview
                </a>
              </Empty>
            )}
          </main>
          <OpenDrawer />
        </div>
      </div>
      {help && <Keys onClose={() => setHelp(false)} />}
    </LiveProvider>
  );
}

function OpenDrawer() {
  const opened = useOpened();
  const Body = opened && drawers[opened.kind];
  if (!opened || !Body) return null;
  return (
    <Boundary key={`${opened.kind} ${opened.id}`}>
      <Suspense
        fallback={
          <Drawer title="Details">
            <Waiting what="the details" />
          </Drawer>
        }
      >
        <Body id={opened.id} />
      </Suspense>
    </Boundary>
  );
}

function Rail({ current }: { current: View | undefined }) {
  const [more, setMore] = useState(false);
  return (
    <nav className={more ? "rail rail-more" : "rail"} aria-label="Views">
      <span className="rail-mark">
        <LoadLineMark />
      </span>
      <ul>
        {views.map((view, i) => (
          <li key={view.path} className={i < onPhone ? undefined : "rail-later"}>
            <a
              href={view.path}
              aria-current={view === current ? "page" : undefined}
              onClick={(event) => {
                setMore(false);
                follow(event);
              }}
            >
              <Icon name={view.icon} />
              {view.name}
              {view.path === "/responses" && <WaitingCount />}
            </a>
          </li>
        ))}
        <li className="rail-button">
          <button
            type="button"
            className="plain"
            data-here={views.indexOf(current!) >= onPhone || undefined}
            aria-expanded={more}
            onClick={() => setMore(!more)}
          >
            <Icon name="more" />
            More
            {!more && <WaitingCount />}
          </button>
        </li>
      </ul>
    </nav>
  );
}

// How many responses wait for a person: beside the view that has them, wherever one is.
function WaitingCount() {
  const { data } = useResponses({ open: true });
  const waiting = (data?.items ?? []).filter((each) => each.phase === "asked").length;
  if (waiting === 0) return null;
  return (
    <span className="rail-count">
      {waiting}
      <span className="unseen"> waiting for approval</span>
    </span>
  );
}
