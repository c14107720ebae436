// What stands where as it is drawn: a layout, or what is on its way to one, with the curves and labels that follow.
import { type Curve, curveOf } from "./curve";
import { type Label, labelsOf } from "./labels";
import { type Layout, layoutOf, type Point } from "./layout";
import { outside, type Scene } from "./model";
import { namesFrom } from "./pen";
import type { Texts } from "./texts";

const glideTime = 140; // milliseconds
const labelFont =
  '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';

export class Drawing {
  scene: Scene | null = null;
  layout: Layout | null = null; // where all of it ends up
  shown: Layout | null = null; // on its way to `layout`
  readonly curves = new Map<string, Curve>();
  private glide: { from: Map<string, Point>; start: number } | null = null;
  private labels: Label[] = [];
  private labelsFor = "";
  private number = 0; // of the layout

  constructor(private readonly texts: Texts) {}

  get gliding(): boolean {
    return this.glide !== null;
  }

  // Lays a scene out beside the one before. `away`: nothing of that one is in it.
  lay(scene: Scene, aspect: number, still: boolean): { before: Layout | null; layout: Layout; away: boolean } {
    const before = this.layout;
    const layout = layoutOf(scene, aspect, before);
    const from = this.shown?.at ?? null;
    const away = !before || !sharesPlaces(before, layout);
    this.scene = scene;
    this.layout = layout;
    this.number += 1;
    const moves = from !== null && [...layout.at].some(([id, at]) => differs(from.get(id), at));
    this.glide = moves && !still && !away ? { from: new Map(from), start: performance.now() } : null;
    this.shown = this.glide ? { ...layout, at: new Map(from) } : layout;
    this.reshape();
    return { before, layout, away };
  }

  // What is said changes, nothing moves.
  say(scene: Scene): void {
    this.scene = scene;
    this.reshape();
  }

  // The curves follow the positions as they are drawn.
  private reshape(): void {
    if (!this.shown || !this.scene) return;
    this.curves.clear();
    for (const arrow of this.scene.arrows) {
      const curve = curveOf(arrow, this.shown);
      if (curve) this.curves.set(arrow.id, curve);
    }
    this.labelsFor = "";
  }

  // A step of what glides in.
  advance(now: number): void {
    if (!this.glide || !this.layout || !this.shown) return;
    const part = Math.min(1, (now - this.glide.start) / glideTime);
    const eased = 1 - (1 - part) ** 3;
    const at = new Map<string, Point>();
    for (const [id, to] of this.layout.at) {
      const from = this.glide.from.get(id) ?? to;
      at.set(id, { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased });
    }
    if (part === 1) this.glide = null;
    this.shown = { ...this.layout, at: part === 1 ? this.layout.at : at };
    this.reshape();
  }

  labelsAt(k: number): Label[] {
    const key = `${this.number} ${Math.round(k * 20)} ${this.glide ? "gliding" : ""}`;
    if (key !== this.labelsFor) {
      this.labelsFor = key;
      const none = k < namesFrom || this.glide || !this.scene || !this.shown;
      this.labels = none
        ? []
        : labelsOf(this.scene!.arrows, this.curves, this.shown!, k, (text) => this.texts.width(text, labelFont));
    }
    return this.labels;
  }

  has(scene: Scene): boolean {
    return this.layout !== null && samePlaces(scene, this.layout);
  }
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const differs = (a: Point | undefined, b: Point): boolean => !a || distance(a, b) > 0.5;

function samePlaces(scene: Scene, layout: Layout): boolean {
  const drawn = [...scene.places.keys()].filter((id) => id !== outside);
  return drawn.length === layout.at.size && drawn.every((id) => layout.at.has(id));
}

const sharesPlaces = (a: Layout, b: Layout): boolean => a.at.size === 0 || [...a.at.keys()].some((id) => b.at.has(id));
