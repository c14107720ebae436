// What every part of the painting works with: the canvas, what is shown, and which of it is in sight.
import type { Palette } from "../theme/palette";
import { type Camera, type Size, toWorld } from "./camera";
import { type Curve, headAngle } from "./curve";
import type { Label } from "./labels";
import type { Layout, Point } from "./layout";
import type { Scene } from "./model";
import type { Texts } from "./texts";

// A step of the attack path, as places; `edge`: its probability.
export interface PathLeg {
  curve: Curve;
  edge: number;
}

export interface Showing {
  scene: Scene;
  layout: Layout; // positions as they are drawn now: they may be on their way
  curves: Map<string, Curve>;
  labels: Label[];
  near: Set<string> | null; // ids of places and arrows that stay; null: all
  hovered: string | null;
  selected: string | null; // place
  focused: string | null; // place, by the keyboard
  path: PathLeg[];
  texts: Texts;
}

const faint = 0.13;
const faintBesidePath = 0.3; // where one is, is of interest, too
export const namesFrom = 0.34; // zoom from which names and labels are written

// Badges shrink less than the picture does, so that their numbers stay readable.
export const enlargement = (k: number): number => Math.min(1.35, Math.max(1, 0.85 / k));

export class Pen {
  readonly detailed: boolean;
  readonly named: boolean;
  readonly enlarged: number;
  readonly window: { from: Point; to: Point }; // of the world

  constructor(
    readonly g: CanvasRenderingContext2D,
    size: Size,
    readonly camera: Camera,
    readonly palette: Palette,
    readonly what: Showing,
  ) {
    this.detailed = camera.k >= 0.3;
    this.named = camera.k >= namesFrom;
    this.enlarged = enlargement(camera.k);
    this.window = { from: toWorld(camera, { x: 0, y: 0 }), to: toWorld(camera, { x: size.width, y: size.height }) };
  }

  trace({ from, a, b, to }: Curve): void {
    this.g.beginPath();
    this.g.moveTo(from.x, from.y);
    this.g.bezierCurveTo(a.x, a.y, b.x, b.y, to.x, to.y);
  }

  head(curve: Curve, length: number): void {
    const { g } = this;
    const angle = headAngle(curve);
    const { x, y } = curve.to;
    const wing = 0.42;
    g.beginPath();
    g.moveTo(x + Math.cos(angle) * 3, y + Math.sin(angle) * 3);
    g.lineTo(x - length * Math.cos(angle - wing), y - length * Math.sin(angle - wing));
    g.lineTo(x - length * Math.cos(angle + wing), y - length * Math.sin(angle + wing));
    g.closePath();
    g.fill();
  }

  // On a ground of the page's colour, so that it is read over lines.
  written(text: string, x: number, y: number, colour: string): void {
    const { g } = this;
    const width = this.what.texts.width(text, g.font) + 4;
    const left = g.textAlign === "left" ? x - 2 : x - width / 2;
    const alpha = g.globalAlpha;
    g.globalAlpha = alpha * 0.8;
    g.fillStyle = this.palette.page;
    g.fillRect(left, y - 7, width, 14);
    g.globalAlpha = alpha;
    g.fillStyle = colour;
    g.fillText(text, x, y);
  }

  faint(): number {
    return this.what.path.length > 0 ? faintBesidePath : faint;
  }

  isFaint(id: string): boolean {
    return this.what.near !== null && !this.what.near.has(id);
  }

  sees(x: number, y: number, width: number, height: number): boolean {
    const { from, to } = this.window;
    return x < to.x && x + width > from.x && y < to.y && y + height > from.y;
  }

  seesCurve(curve: Curve | undefined): boolean {
    if (!curve) return false;
    const left = Math.min(curve.from.x, curve.to.x) - 120;
    const top = Math.min(curve.from.y, curve.to.y) - 60;
    return this.sees(left, top, Math.abs(curve.to.x - curve.from.x) + 240, Math.abs(curve.to.y - curve.from.y) + 120);
  }

  short(text: string, room: number): string {
    return this.what.texts.short(text, room, this.g.font);
  }
}
