// FIG. 2C: who talks to whom, live or of a moment, as a picture and as a table.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { get, part } from "../api/client";
import type { AssetDetail, AssetReport } from "../api/types";
import { useConnection } from "../live/provider";
import { go, here, openAddress, useAddress, useOpened } from "../parts/address";
import { closeDrawer } from "../parts/drawer";
import { Icon } from "../parts/icon";
import { Answer, Empty } from "../parts/states";
import { ArrowTable } from "./arrow_table";
import { Canvas, Legend } from "./canvas";
import { useGraph, useMoment } from "./graph_query";
import { groupingFor, groupingsOf, sceneOf } from "./group";
import { type Grouping, groupings, groupingWords, nameOfKey } from "./grouping";
import type { PathStep } from "./highlight";
import { type Arrow, addressOf, type Graph, outside, type Place, type Scene } from "./model";
import { pairOf } from "./rows";
import { sentenceOf, summaryOf } from "./summary";
import { TimeBar } from "./time_bar";
import "./network.css";

export default function NetworkView() {
  const moment = useMoment();
  const graph = useGraph(moment);
  return (
    <div className="net">
      <h1 className="unseen">Network</h1>
      <Answer of={graph} what="the network">
        {(data) =>
          data.nodes.length === 0 && data.edges.length === 0 ? (
            <Nobody past={moment.at !== null} />
          ) : (
            <>
              <Picture graph={data} past={moment.at} stale={graph.isPlaceholderData} />
              <TimeBar moment={moment} busy={graph.isPlaceholderData} />
              <Later>
                <ArrowTable graph={data} />
              </Later>
            </>
          )
        }
      </Answer>
      {graph.data?.nodes.length === 0 && moment.at !== null && (
        <TimeBar moment={moment} busy={graph.isPlaceholderData} />
      )}
    </div>
  );
}

const afterPicture = 400; // milliseconds: what many thousand assets cost besides is done when the picture is seen

const many = 2000; // assets

// What this network can be grouped by; of a large one not known at once.
function useOffered(graph: Graph): Grouping[] {
  const small = useMemo(() => (graph.nodes.length <= many ? groupingsOf(graph) : null), [graph]);
  const [late, setLate] = useState<Grouping[]>([]);
  useEffect(() => {
    if (graph.nodes.length <= many) return;
    const timer = setTimeout(() => setLate(groupingsOf(graph)), afterPicture);
    return () => clearTimeout(timer);
  }, [graph]);
  return small ?? late;
}

function Later({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), afterPicture);
    return () => clearTimeout(timer);
  }, []);
  return due ? children : null;
}

function Nobody({ past }: { past: boolean }) {
  if (past)
    return (
      <Empty title="Nothing was known at this time.">
        The journal begins later, or its flows of then have been trimmed.
      </Empty>
    );
  return (
    <Empty title="No asset is known yet." command="plimsoll demo up">
      The first scan ends within a minute. Without a container running there is only this host; this starts a harmless
      scene to look at.
    </Empty>
  );
}

// Where the attack path of the open asset goes through, as places of the picture.
function usePath(scene: Scene): PathStep[] {
  const opened = useOpened();
  const id = opened?.kind === "asset" ? opened.id : "";
  const asset = useQuery({
    queryKey: ["asset", id],
    enabled: id !== "",
    queryFn: ({ signal }) =>
      get<Omit<AssetDetail, "report"> & { report: AssetReport | null }>(`/assets/${part(id)}`, {}, signal),
  });
  const inherited = asset.data?.report?.inherited?.path;
  return useMemo(() => {
    if (!id || !inherited) return [];
    const steps: PathStep[] = [];
    for (const step of inherited) {
      const place = scene.placeOf.get(step.asset || outside);
      if (place && steps.at(-1)?.place !== place) steps.push({ place, edge: step.edge });
    }
    return steps.length > 1 ? steps : [];
  }, [scene, id, inherited]);
}

function Picture({ graph, past, stale }: { graph: Graph; past: string | null; stale: boolean }) {
  const { query } = useAddress();
  const text = query.get("q") ?? "";
  const chosen = query.get("by");
  const own = useMemo(() => groupingFor(graph), [graph]);
  const by = groupings.find((each) => each === chosen) ?? own;
  const offered = useOffered(graph);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const seenOnly = query.get("known") === "seen";
  const scene = useMemo(
    () => sceneOf(seenOnly ? { ...graph, edges: graph.edges.filter((edge) => edge.seen) } : graph, by, opened),
    [graph, by, opened, seenOnly],
  );
  const open = useOpened();
  const selected = open?.kind === "asset" ? (scene.placeOf.get(open.id) ?? null) : null;
  const path = usePath(scene);
  const marked = useMemo(() => matching(graph, scene, text), [graph, scene, text]);
  const summary = useMemo(() => summaryOf(graph), [graph]);

  const onOpen = useCallback((place: Place) => {
    if (place.kind === "group" || place.id === "addresses") setOpened((before) => new Set(before).add(place.id));
    else if (place.kind === "address") go(here({ q: place.name }), "replace");
    else go(openAddress({ kind: "asset", id: place.id }));
  }, []);
  const onOpenArrow = useCallback(
    (arrow: Arrow) => go(openAddress({ kind: "flow", id: pairOf(arrow.from, arrow.to) })),
    [],
  );
  const close = (key: string) => setOpened((before) => new Set([...before].filter((each) => each !== key)));

  return (
    <section className="net-picture" aria-label="Picture" aria-busy={stale}>
      <div className="net-bar">
        <label className="search">
          <Icon name="search" />
          <span className="unseen">Search the network</span>
          <input
            type="search"
            data-search="list"
            placeholder="Search names, addresses"
            value={text}
            onChange={(event) => go(here({ q: event.target.value }), "replace")}
            onKeyDown={(event) => {
              if (event.key !== "Escape" || !text) return;
              event.stopPropagation();
              go(here({ q: undefined }), "replace");
            }}
          />
        </label>
        <label className="select">
          <span>Group by</span>
          <select
            value={by}
            onChange={(event) =>
              go(here({ by: event.target.value === own ? undefined : event.target.value }), "replace")
            }
          >
            {groupings
              .filter((each) => each === by || offered.includes(each))
              .map((each) => (
                <option key={each} value={each}>
                  {groupingWords[each]}
                </option>
              ))}
          </select>
        </label>
        <label className="net-check">
          <input
            type="checkbox"
            checked={seenOnly}
            onChange={(event) => go(here({ known: event.target.checked ? "seen" : undefined }), "replace")}
          />
          only what was seen
        </label>
        <p className="net-counts">
          {marked ? `${marked.size} found in the picture` : summary.counts}
          {summary.detections > 0 && (
            <button type="button" className="net-attacks" onClick={() => go(here({ attack: "yes" }))}>
              {summary.detections === 1 ? "1 attack detected" : `${summary.detections} attacks detected`}
            </button>
          )}
        </p>
      </div>
      {opened.size > 0 && (
        <ul className="net-opened" aria-label="Opened groups">
          {[...opened].map((key) => (
            <li key={key}>
              <button type="button" className="chip" onClick={() => close(key)}>
                {nameOfKey(key)} <Icon name="close" />
                <span className="unseen">: draw as one again</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {(graph.cut || stale) && (
        <p className="net-note" role="status">
          {stale ? (
            <Fetching past={past} />
          ) : (
            "More connections than can be drawn: only the first 100 000 are here. A shorter time shows all of it."
          )}
        </p>
      )}
      <Canvas
        scene={scene}
        asked={[by, seenOnly, ...opened].join("\n")}
        summary={sentenceOf(summary)}
        selected={selected}
        marked={marked}
        path={path}
        onOpen={onOpen}
        onOpenArrow={onOpenArrow}
        onClear={() => open && closeDrawer()}
      >
        {graph.edges.length === 0 && <QuietNote past={past !== null} />}
      </Canvas>
      <Legend />
    </section>
  );
}

function Fetching({ past }: { past: string | null }) {
  return <>Fetching {past ? "that moment" : "what is now"} …</>;
}

function QuietNote({ past }: { past: boolean }) {
  const connection = useConnection();
  return (
    <p className="net-quiet">
      No connection was seen {past ? "then" : "yet"}.{" "}
      {connection.state === "live" && !past ? "New ones appear here by themselves." : "A longer time may show more."}
    </p>
  );
}

// Places whose name, or that of a member, holds every word; null: nothing is searched for.
function matching(graph: Graph, scene: Scene, text: string): ReadonlySet<string> | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const found = new Set<string>();
  const look = (id: string, said: string) => {
    const lower = said.toLowerCase();
    const place = scene.placeOf.get(id);
    if (place && words.every((word) => lower.includes(word))) found.add(place);
  };
  for (const asset of graph.nodes) look(asset.id, `${asset.name} ${asset.image} ${asset.node} ${asset.id}`);
  for (const id of graph.others) look(id, id === outside ? "outside" : addressOf(id));
  return found;
}
