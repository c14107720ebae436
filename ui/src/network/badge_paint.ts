// The load-line mark on a canvas: the same as parts/badge.tsx draws. No clipping: it is drawn hundreds of times a frame.
import type { Palette } from "../theme/palette";
import { radius } from "./curve";
import type { Point } from "./layout";
import type { Place } from "./model";

export function paintBadge(
  g: CanvasRenderingContext2D,
  place: Place,
  at: Point,
  palette: Palette,
  detailed: boolean,
): void {
  if (place.kind === "address") {
    paintMachine(g, at, palette);
    return;
  }
  const colour = palette.level[place.level].mark;
  if (place.kind === "group") {
    circle(g, { x: at.x + 4, y: at.y - 3 }, radius);
    g.fillStyle = palette.page;
    g.fill();
    g.strokeStyle = colour;
    g.lineWidth = 1.25;
    g.stroke();
  }
  circle(g, at, radius);
  g.fillStyle = palette.page;
  g.fill();
  if (!place.assessed && detailed) hatch(g, at, palette.quiet);
  water(g, at, place.score, colour);
  circle(g, at, radius);
  g.strokeStyle = colour;
  g.lineWidth = 2;
  if (!place.assessed) g.setLineDash([4, 3]);
  g.stroke();
  g.setLineDash([]);
  if (!detailed) return;
  waterline(g, at, place.score, colour);
  number(g, at, place.score, palette);
}

const circle = (g: CanvasRenderingContext2D, at: Point, r: number) => {
  g.beginPath();
  g.arc(at.x, at.y, r, 0, 2 * Math.PI);
};

const waterAt = (score: number): number => radius - (radius * 2 * score) / 100; // below the middle

function water(g: CanvasRenderingContext2D, at: Point, score: number, colour: string): void {
  if (score <= 0) return;
  const angle = Math.asin(Math.max(-1, Math.min(1, waterAt(score) / radius)));
  g.beginPath();
  g.arc(at.x, at.y, radius, angle, Math.PI - angle);
  g.closePath();
  g.globalAlpha *= 0.3;
  g.fillStyle = colour;
  g.fill();
  g.globalAlpha /= 0.3;
}

function waterline(g: CanvasRenderingContext2D, at: Point, score: number, colour: string): void {
  const y = at.y + waterAt(score);
  g.beginPath();
  g.moveTo(at.x - radius - 5, y);
  g.lineTo(at.x - radius + 3, y);
  g.moveTo(at.x + radius - 3, y);
  g.lineTo(at.x + radius + 5, y);
  g.strokeStyle = colour;
  g.lineWidth = 2;
  g.stroke();
}

function hatch(g: CanvasRenderingContext2D, at: Point, colour: string): void {
  g.beginPath();
  const diagonal = Math.SQRT1_2;
  for (let d = -radius + 3; d < radius; d += 4.5) {
    const half = Math.sqrt(radius * radius - d * d);
    g.moveTo(at.x + d * diagonal - half * diagonal, at.y - d * diagonal - half * diagonal);
    g.lineTo(at.x + d * diagonal + half * diagonal, at.y - d * diagonal + half * diagonal);
  }
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.globalAlpha *= 0.65;
  g.stroke();
  g.globalAlpha /= 0.65;
}

function number(g: CanvasRenderingContext2D, at: Point, score: number, palette: Palette): void {
  g.font = `600 13px ${font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineWidth = 3;
  g.strokeStyle = palette.page;
  g.globalAlpha *= 0.55;
  g.strokeText(String(score), at.x, at.y + 1);
  g.globalAlpha /= 0.55;
  g.fillStyle = palette.text;
  g.fillText(String(score), at.x, at.y + 1);
}

// A machine that is no asset of ours: it has no level.
function paintMachine(g: CanvasRenderingContext2D, at: Point, palette: Palette): void {
  const r = radius - 3;
  g.beginPath();
  g.moveTo(at.x, at.y - r);
  g.lineTo(at.x + r, at.y);
  g.lineTo(at.x, at.y + r);
  g.lineTo(at.x - r, at.y);
  g.closePath();
  g.fillStyle = palette.raised;
  g.fill();
  g.strokeStyle = palette.quiet;
  g.lineWidth = 1.5;
  g.stroke();
}

export const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';
