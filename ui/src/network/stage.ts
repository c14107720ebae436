// The canvas by itself: it keeps the camera, lets changes glide in, and tells what the reader points at. React only hands
// it scenes (canvas.tsx).
import type { Palette } from "../theme/palette";
import type { Camera, Size } from "./camera";
import { type Hit, hitAt } from "./curve";
import { Drawing } from "./drawing";
import { Eye } from "./eye";
import { Focus } from "./focus";
import { legsOf, nearOf, type PathStep } from "./highlight";
import { Input, type Steered } from "./input";
import type { Point } from "./layout";
import type { Arrow, Place, Scene } from "./model";
import { paint } from "./paint";
import { Redraw } from "./redraw";
import { Texts } from "./texts";

export interface Telling {
  hover(hit: { place?: Place; arrow?: Arrow } | null, at: Point): void;
  open(place: Place): void;
  openArrow(arrow: Arrow): void;
  clear(): void; // a click on nothing
  focus(place: Place | null): void;
  waiting(changes: boolean): void; // a new scene is held back while the pointer is on something
}

export class Stage implements Steered {
  private readonly eye = new Eye();
  private readonly texts: Texts;
  private readonly drawing: Drawing;
  private readonly redraw: Redraw;
  private readonly input: Input;
  private readonly focus: Focus;
  private readonly stop = new AbortController();
  private held: Scene | null = null; // waits until the pointer leaves
  private hovered: Hit = null;
  private selected: string | null = null;
  private marked: ReadonlySet<string> | null = null;
  private path: PathStep[] = [];
  still = false; // no motion

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private palette: Palette,
    private readonly tell: Telling,
  ) {
    const g = canvas.getContext("2d", { alpha: false })!;
    this.texts = new Texts(g);
    this.drawing = new Drawing(this.texts);
    this.redraw = new Redraw(
      g,
      this.eye,
      (on, size, camera) => this.paintOn(on, size, camera),
      (now) => {
        this.drawing.advance(now);
        return this.drawing.gliding;
      },
    );
    this.focus = new Focus((place) => this.focusMoved(place));
    this.input = new Input(canvas, this, this.stop.signal);
  }

  close(): void {
    this.stop.abort();
    this.redraw.end();
  }

  // ---- what is shown ----

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.redraw.soon();
  }

  resize(size: Size, ratio: number): void {
    const first = this.eye.size.width === 0;
    if (!this.eye.resize(size, ratio)) return;
    this.canvas.width = Math.round(size.width * ratio);
    this.canvas.height = Math.round(size.height * ratio);
    const { scene, layout } = this.drawing;
    if (first && scene) this.lay(scene);
    else if (layout) this.eye.refit(layout);
    this.redraw.now();
  }

  // `asked`: the reader did something that changes it, as opening a group: then it is not held back.
  setScene(scene: Scene, asked = false): void {
    if (!asked && this.drawing.layout && this.isPointing()) {
      this.held = scene;
      if (this.drawing.has(scene)) {
        this.drawing.say(scene);
        this.redraw.soon();
      } else {
        this.tell.waiting(true);
      }
      return;
    }
    this.held = null;
    if (asked) this.forgetPointing();
    this.lay(scene);
  }

  private forgetPointing(): void {
    this.setHover(null, { x: 0, y: 0 });
    this.tell.waiting(false);
  }

  setShown(selected: string | null, marked: ReadonlySet<string> | null, path: PathStep[]): void {
    const fresh = selected !== this.selected && selected !== null;
    this.selected = selected;
    this.marked = marked;
    this.path = path;
    if (fresh) this.bringIn(selected);
    this.redraw.soon();
  }

  // Lets in what was held back.
  release(): void {
    const scene = this.held;
    this.held = null;
    this.tell.waiting(false);
    if (scene) this.lay(scene);
  }

  private lay(scene: Scene): void {
    this.drawing.scene = scene;
    if (this.eye.size.width === 0) return; // until it has a size
    const laid = this.drawing.lay(scene, this.eye.aspect, this.still);
    this.eye.follow(laid, this.focus.place ?? this.selected);
    this.focus.keepWithin(laid.layout);
    this.redraw.soon();
  }

  private paintOn(g: CanvasRenderingContext2D, size: Size, camera: Camera): void {
    const { scene, shown, curves } = this.drawing;
    if (!shown || !scene) return;
    const focused = this.focus.place;
    paint(g, size, this.eye.ratio, camera, this.palette, {
      scene,
      layout: shown,
      curves,
      labels: this.drawing.labelsAt(camera.k),
      near: nearOf(scene, this.hovered ?? (focused ? { place: focused } : null), this.path, this.marked),
      hovered: nameOf(this.hovered),
      selected: this.selected,
      focused,
      path: legsOf(this.path, shown),
      texts: this.texts,
    });
  }

  private bringIn(place: string): void {
    this.eye.bringIn(this.drawing.layout?.at.get(place));
  }

  // ---- the camera ----

  fit(): void {
    if (!this.drawing.layout) return;
    this.eye.fit(this.drawing.layout);
    this.redraw.soon();
  }

  zoom(factor: number): void {
    this.zoomAround({ x: this.eye.size.width / 2, y: this.eye.size.height / 2 }, factor);
  }

  zoomAround(at: Point, factor: number): void {
    if (!this.drawing.layout) return;
    this.eye.zoom(this.drawing.layout, at, factor);
    this.redraw.soon();
  }

  panBy(dx: number, dy: number): void {
    this.eye.pan(dx, dy);
    this.redraw.soonMoved();
  }

  // ---- pointer ----

  private isPointing(): boolean {
    return this.hovered !== null || this.input.isDown;
  }

  private hit(at: Point): Hit {
    const world = this.eye.toWorld(at);
    if (!world || !this.drawing.shown) return null;
    return hitAt(world, this.drawing.shown, this.drawing.curves, 3 / this.eye.camera!.k);
  }

  private thing(hit: Hit): { place?: Place; arrow?: Arrow } {
    const scene = this.drawing.scene!;
    if (hit && "place" in hit) return { place: scene.places.get(hit.place) };
    if (hit && "arrow" in hit) return { arrow: scene.arrows.find((each) => each.id === hit.arrow) };
    return {};
  }

  click(at: Point, byTouch: boolean): void {
    const hit = this.hit(at);
    if (byTouch) this.setHover(null, at);
    const { place, arrow } = this.thing(hit);
    if (place) this.tell.open(place);
    else if (arrow) this.tell.openArrow(arrow);
    else this.tell.clear();
  }

  letGo(): void {
    if (this.held && !this.isPointing()) this.release();
  }

  hover(at: Point | null): void {
    if (at || this.hovered) this.setHover(at && this.hit(at), at ?? { x: 0, y: 0 });
    this.letGo();
  }

  private setHover(hit: Hit, at: Point): void {
    const same = JSON.stringify(hit) === JSON.stringify(this.hovered);
    if (same && !hit) return;
    this.hovered = hit;
    this.canvas.style.cursor = hit ? "pointer" : "";
    this.tell.hover(hit ? this.thing(hit) : null, at);
    if (!same) this.redraw.soon();
  }

  // ---- keyboard ----

  step(dx: number, dy: number): void {
    if (this.drawing.layout) this.focus.step(this.drawing.layout, this.selected, dx, dy);
  }

  openFocused(): void {
    const place = this.focusedPlace();
    if (place) this.tell.open(place);
  }

  unfocus(): boolean {
    const had = this.focus.place !== null;
    this.focus.set(null);
    return had;
  }

  focused(has: boolean): void {
    if (has) this.tell.focus(this.focusedPlace());
    else this.focus.set(null);
  }

  private focusedPlace(): Place | null {
    return (this.focus.place && this.drawing.scene?.places.get(this.focus.place)) || null;
  }

  private focusMoved(place: string | null): void {
    if (place) this.bringIn(place);
    this.tell.focus(this.focusedPlace());
    this.redraw.soon();
  }

  // ---- for tests and measurements ----

  // Paints at once, moved by so much.
  pan(dx: number, dy: number): void {
    this.eye.pan(dx, dy);
    this.redraw.nowMoved();
  }

  screenOf(place: string): Point | null {
    return this.eye.toScreen(this.drawing.layout?.at.get(place));
  }

  places(): number {
    return this.drawing.layout?.at.size ?? 0;
  }

  // Some group that is in sight.
  groupOnScreen(): Point | null {
    const { width, height } = this.eye.size;
    for (const [id, place] of this.drawing.scene?.places ?? []) {
      const at = place.kind === "group" ? this.screenOf(id) : null;
      if (at && at.x > 40 && at.y > 40 && at.x < width - 60 && at.y < height - 40) return at;
    }
    return null;
  }
}

const nameOf = (hit: Hit): string | null => (!hit ? null : "place" in hit ? hit.place : hit.arrow);
