// The bar on top: search over everything, how old the database is, whether the page is live, who is there.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { change } from "../api/client";
import { useDatabase } from "../api/queries";
import { useConnection } from "../live/provider";
import { follow } from "../parts/address";
import { ago, duration } from "../parts/format";
import { Icon } from "../parts/icon";
import { Menu } from "../parts/menu";
import { useNow } from "../parts/time";
import { type Density, setDensity, setTheme, type Theme, useDensity, useTheme } from "../theme/theme";
import { useMe } from "./me";
import { Scan } from "./scan";
import { SearchAll } from "./search_all";

export function TopBar({ onHelp }: { onHelp: () => void }) {
  return (
    <header className="top">
      <SearchAll />
      <div className="top-end">
        <Scan />
        <DatabaseAge />
        <LiveState />
        <Person onHelp={onHelp} />
      </div>
    </header>
  );
}

function DatabaseAge() {
  const { data, error } = useDatabase();
  const now = useNow();
  if (!data) return error ? <span className="top-note warn">age of the database not known</span> : null;
  let text: string;
  let warn = true;
  if (!data.present) text = "no threat database";
  else if (data.starter_pack) text = "starter pack only";
  else if (!data.built_at) text = "DB of unknown age";
  else {
    text = `DB ${duration((now - Date.parse(data.built_at)) / 1000)} old`;
    warn = data.old;
  }
  return (
    <a
      className={warn ? "top-note warn" : "top-note"}
      href="/settings/database"
      onClick={follow}
      title={data.built_at ? `Built ${ago(data.built_at, now)}` : undefined}
    >
      {text}
    </a>
  );
}

function LiveState() {
  const connection = useConnection();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (connection.state !== "lost") return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [connection]);
  const text =
    connection.state === "live"
      ? "live"
      : connection.state === "connecting"
        ? "connecting"
        : `reconnecting, last update ${duration((now - connection.since) / 1000)} ago`;
  return (
    <span
      className={`top-note live live-${connection.state}`}
      title={connection.state === "lost" ? connection.why : undefined}
    >
      <span className="live-dot" aria-hidden="true" />
      <span className="live-text">{text}</span>
      <span className="unseen" role="status">
        {connection.state === "lost" ? "The connection to the service is lost; trying again." : ""}
      </span>
    </span>
  );
}

function Person({ onHelp }: { onHelp: () => void }) {
  const me = useMe();
  const theme = useTheme();
  const density = useDensity();
  const client = useQueryClient();
  return (
    <Menu label={`${me.name}: account and display`} className="plain" align="right" button={<Icon name="person" />}>
      {(close) => (
        <div className="options">
          <p>
            {me.name} <span className="quiet">({me.role})</span>
          </p>
          <label className="select">
            <span>Colours</span>
            <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
              <option value="system">as the system</option>
              <option value="light">light</option>
              <option value="dark">dark</option>
            </select>
          </label>
          <label className="select">
            <span>Rows</span>
            <select value={density} onChange={(event) => setDensity(event.target.value as Density)}>
              <option value="dense">dense</option>
              <option value="comfortable">comfortable</option>
            </select>
          </label>
          <button
            type="button"
            className="plain link"
            onClick={() => {
              close();
              onHelp();
            }}
          >
            Keys (?)
          </button>
          <button
            type="button"
            className="plain link"
            onClick={() => {
              void change("POST", "/logout", {})
                .catch(() => undefined)
                .then(() => {
                  // Who it is stays asked for, so that its absence shows; all else was theirs.
                  client.setQueryData(["me"], null);
                  client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
                });
            }}
          >
            Sign out
          </button>
        </div>
      )}
    </Menu>
  );
}
