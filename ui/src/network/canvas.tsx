// The picture with what stands over it: zoom buttons, and the words on what is pointed at.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Badge } from "../parts/badge";
import { plural, traffic } from "../parts/format";
import { UnderSign } from "../parts/under";
import { underText } from "../parts/under_words";
import { dark, light } from "../theme/palette";
import { useDark } from "../theme/theme";
import type { PathStep } from "./highlight";
import type { Point } from "./layout";
import { type Arrow, type Place, type Scene, widthOf } from "./model";
import { Stage } from "./stage";

interface Props {
  scene: Scene;
  asked: string; // what the reader chose of it: differs when it changed by that, not by itself
  summary: string;
  selected: string | null;
  marked: ReadonlySet<string> | null;
  path: PathStep[];
  onOpen: (place: Place) => void;
  onOpenArrow: (arrow: Arrow) => void;
  onClear: () => void;
  children?: ReactNode;
}

interface Hover {
  place?: Place;
  arrow?: Arrow;
  at: Point;
}

export function Canvas(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const [focus, setFocus] = useState<Place | null>(null);
  const [waiting, setWaiting] = useState(false);
  const isDark = useDark();
  const id = useId();
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; colours and scenes are handed to it below
  useEffect(() => {
    const made = new Stage(canvas.current!, isDark ? dark : light, {
      hover: (hit, at) => setHover(hit && { ...hit, at }),
      open: (place) => latest.current.onOpen(place),
      openArrow: (arrow) => latest.current.onOpenArrow(arrow),
      clear: () => latest.current.onClear(),
      focus: setFocus,
      waiting: setWaiting,
    });
    stage.current = made;
    (canvas.current as HTMLCanvasElement & { stage?: Stage }).stage = made; // for tests and measurements
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const follow = () => {
      made.still = still.matches;
    };
    follow();
    still.addEventListener("change", follow);
    const resize = () =>
      made.resize({ width: box.current!.clientWidth, height: box.current!.clientHeight }, window.devicePixelRatio || 1);
    resize();
    made.setScene(latest.current.scene);
    const watch = new ResizeObserver(resize);
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      still.removeEventListener("change", follow);
      made.close();
      stage.current = null;
    };
  }, []);
  useEffect(() => stage.current?.setPalette(isDark ? dark : light), [isDark]);
  const asked = useRef(props.asked);
  useEffect(() => {
    stage.current?.setScene(props.scene, asked.current !== props.asked);
    asked.current = props.asked;
  }, [props.scene, props.asked]);
  useEffect(
    () => stage.current?.setShown(props.selected, props.marked, props.path),
    [props.selected, props.marked, props.path],
  );

  return (
    <div className="net-box" ref={box}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it is worked with the arrow keys, as its description says */}
      <canvas
        ref={canvas}
        className="net-canvas"
        tabIndex={0}
        role="application"
        aria-label="Network picture"
        aria-describedby={id}
      />
      <p id={id} className="unseen">
        {props.summary} Arrow keys go from one to the next, Enter opens, plus and minus zoom, 0 shows all. The same is
        in the table below.
      </p>
      <p className="unseen" role="status">
        {focus ? placeSentence(focus, props.scene) : ""}
      </p>
      <div className="net-zoom">
        <button
          type="button"
          className="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => stage.current?.zoom(1.3)}
        >
          +
        </button>
        <button
          type="button"
          className="button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          onClick={() => stage.current?.zoom(1 / 1.3)}
        >
          −
        </button>
        <button
          type="button"
          className="button"
          aria-label="Show all"
          title="Show all (0)"
          onClick={() => stage.current?.fit()}
        >
          ⤢
        </button>
      </div>
      {waiting && (
        <button type="button" className="net-news" onClick={() => stage.current?.release()}>
          Changes are waiting
        </button>
      )}
      {props.children}
      {hover && (
        <Tip
          hover={hover}
          scene={props.scene}
          width={box.current?.clientWidth ?? 0}
          height={box.current?.clientHeight ?? 0}
        />
      )}
    </div>
  );
}

const kinds: Record<Place["kind"], string> = {
  outside: "the outside",
  host: "host",
  container: "container",
  address: "another machine, not assessed",
  group: "group",
};

function placeSentence(place: Place, scene: Scene): string {
  const name = (id: string) => scene.places.get(id)?.name ?? id;
  const to = scene.arrows.filter((arrow) => arrow.from === place.id).map((arrow) => name(arrow.to));
  const from = scene.arrows.filter((arrow) => arrow.to === place.id).map((arrow) => name(arrow.from));
  const level =
    place.kind === "address"
      ? ""
      : `, ${place.score} of 100, ${place.level}${place.assessed ? "" : ", not all of it assessed"}`;
  const attacks = place.detections > 0 ? ` ${plural(place.detections, "attack")} detected.` : "";
  const count = place.kind === "group" ? ` of ${place.members.length}` : "";
  return `${place.name}, ${kinds[place.kind]}${count}${level}.${attacks} ${to.length > 0 ? `Talks to ${listed(to)}. ` : ""}${from.length > 0 ? `Called by ${listed(from)}.` : ""}`;
}

const listed = (names: string[]) =>
  names.slice(0, 6).join(", ") + (names.length > 6 ? ` and ${names.length - 6} more` : "");

function Tip({ hover, scene, width, height }: { hover: Hover; scene: Scene; width: number; height: number }) {
  const { at, place, arrow } = hover;
  const style = {
    ...(at.x > width - 300 ? { right: Math.max(8, width - at.x + 14) } : { left: at.x + 14 }),
    ...(at.y > height - 150 ? { bottom: Math.max(8, height - at.y + 10) } : { top: at.y + 14 }),
  };
  return (
    <div className="net-tip" style={style} aria-hidden="true">
      {place && <PlaceTip place={place} />}
      {arrow && <ArrowTip arrow={arrow} scene={scene} />}
    </div>
  );
}

function PlaceTip({ place }: { place: Place }) {
  return (
    <>
      <p className="net-tip-head">
        {place.kind !== "address" && (
          <Badge size={20} score={place.score} level={place.level} partly={!place.assessed} />
        )}
        <b>{place.name}</b>
      </p>
      <p className="quiet">
        {place.kind === "group"
          ? `${place.members.length} together, the worst counts; a click opens it`
          : kinds[place.kind]}
        {place.under && ` · ${place.under}`}
        {place.kind !== "address" && ` · ${place.level}`}
      </p>
      {!place.assessed && <p>Not all of it could be assessed.</p>}
      {place.detections > 0 && <p>{plural(place.detections, "attack")} detected here</p>}
      {place.responses.length > 0 && <p>Under a response: {underText(place.responses)}</p>}
    </>
  );
}

function ArrowTip({ arrow, scene }: { arrow: Arrow; scene: Scene }) {
  const name = (id: string) => scene.places.get(id)?.name ?? id;
  return (
    <>
      <p className="net-tip-head">
        <b>
          {name(arrow.from)} → {name(arrow.to)}
        </b>
      </p>
      <ul>
        {arrow.talks.slice(0, 6).map((talk) => (
          <li key={`${talk.protocol} ${talk.seen}`}>
            {talk.protocol}{" "}
            <span className="quiet">
              {talk.seen ? `${traffic(talk.bytes)}, ${plural(talk.connections, "connection")}` : "possible, not seen"}
            </span>
          </li>
        ))}
      </ul>
      {arrow.detections.slice(0, 3).map((detection) => (
        <p key={`${detection.detector} ${detection.from}`}>{detection.title}</p>
      ))}
    </>
  );
}

// The same marks as in the picture, so that they can be looked up beside it.
export function Legend() {
  return (
    <ul className="net-legend" aria-label="Legend">
      <li>
        <Badge size={20} score={72} label="example" /> threat level, 0 to 100
      </li>
      <li>
        <Badge size={20} score={72} partly label="example" /> hatched: not all assessed
      </li>
      <li>
        <Line width={2} /> opened a connection; label: protocol
      </li>
      <li>
        <Line width={widthOf(1e9)} /> wide: much traffic
      </li>
      <li>
        <Line width={1.25} dashed /> possible, not seen
      </li>
      <li>
        <Line width={2} halo /> attack detected
      </li>
      <li>
        <Line width={3.5} strong /> attack path of what is open
      </li>
      <li>
        <UnderSign held /> a response is in force
      </li>
      <li>
        <UnderSign held={false} /> one waits for approval
      </li>
      <li>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path className="net-machine" d="M10 2l8 8-8 8-8-8z" />
        </svg>
        other machine
      </li>
    </ul>
  );
}

function Line({ width, dashed, halo, strong }: { width: number; dashed?: boolean; halo?: boolean; strong?: boolean }) {
  return (
    <svg viewBox="0 0 40 20" width="40" height="20" aria-hidden="true">
      {halo && <path className="net-halo" d="M2 10h31" />}
      <path
        className={strong ? "net-line net-strong" : "net-line"}
        d="M2 10h28"
        strokeWidth={width}
        strokeDasharray={dashed ? "5 4" : undefined}
      />
      <path className={strong ? "net-head net-strong" : "net-head"} d="M38 10l-9-5v10z" />
    </svg>
  );
}
