// Paints the picture. Everything is neutral but the badges, the path of an attack and what was detected.

import { isHeld } from "../parts/under_words";
import type { Palette } from "../theme/palette";
import { font, paintBadge } from "./badge_paint";
import type { Camera, Size } from "./camera";
import { type Curve, radius } from "./curve";
import { frame, piecesOfShore, shore } from "./ground_paint";
import type { Point } from "./layout";
import { type Arrow, type Place, widthOf } from "./model";
import { Pen, type Showing } from "./pen";
import { words } from "./words_paint";

export function paint(
  g: CanvasRenderingContext2D,
  size: Size,
  ratio: number,
  camera: Camera,
  palette: Palette,
  what: Showing,
): void {
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.globalAlpha = 1;
  g.fillStyle = palette.page;
  g.fillRect(0, 0, size.width, size.height);
  g.setTransform(ratio * camera.k, 0, 0, ratio * camera.k, ratio * camera.x, ratio * camera.y);
  const pen = new Pen(g, size, camera, palette, what);
  shore(pen);
  for (const box of what.layout.frames) frame(pen, box);
  piecesOfShore(pen);
  arrows(pen);
  path(pen);
  places(pen);
  words(pen, ratio);
}

function arrows(pen: Pen): void {
  const shown = pen.what.scene.arrows.filter((arrow) => pen.seesCurve(pen.what.curves.get(arrow.id)));
  const away = shown.filter((arrow) => pen.isFaint(arrow.id));
  const near = shown.filter((arrow) => !pen.isFaint(arrow.id));
  for (const arrow of away) paintArrow(pen, arrow, pen.faint());
  for (const arrow of near)
    if (arrow.detections.length > 0) halo(pen, pen.what.curves.get(arrow.id)!, widthOf(arrow.bytes));
  for (const arrow of near) paintArrow(pen, arrow, 1);
}

function halo(pen: Pen, curve: Curve, width: number): void {
  const { g } = pen;
  pen.trace(curve);
  g.strokeStyle = pen.palette.level.critical.mark;
  g.globalAlpha = 0.35;
  g.lineWidth = width + 9;
  g.stroke();
  g.globalAlpha = 1;
}

function paintArrow(pen: Pen, arrow: Arrow, alpha: number): void {
  const { g, palette } = pen;
  const curve = pen.what.curves.get(arrow.id)!;
  const width = arrow.seen ? widthOf(arrow.bytes) : 1.25;
  const strong = pen.what.hovered === arrow.id;
  g.globalAlpha = alpha * (strong ? 1 : arrow.seen ? 0.62 : 0.5);
  g.strokeStyle = g.fillStyle = strong ? palette.accent : palette.quiet;
  g.lineWidth = width;
  pen.trace(curve);
  if (!arrow.seen) g.setLineDash([5, 5]);
  g.stroke();
  g.setLineDash([]);
  pen.head(curve, 6 + width);
  g.globalAlpha = 1;
}

// Over the rest, with a margin of the page's colour so that it is told apart.
function path(pen: Pen): void {
  const { g, palette } = pen;
  for (const { curve } of pen.what.path) {
    pen.trace(curve);
    g.strokeStyle = palette.page;
    g.lineWidth = 9;
    g.stroke();
  }
  for (const { curve } of pen.what.path) {
    pen.trace(curve);
    g.strokeStyle = g.fillStyle = palette.text;
    g.lineWidth = 3.5;
    g.stroke();
    pen.head(curve, 13);
  }
}

function places(pen: Pen): void {
  for (const [id, at] of pen.what.layout.at) {
    const place = pen.what.scene.places.get(id);
    if (!place || !pen.sees(at.x - 70, at.y - 24, 140, 60)) continue;
    pen.g.globalAlpha = pen.isFaint(id) ? pen.faint() : 1;
    paintPlace(pen, place, at);
  }
  pen.g.globalAlpha = 1;
}

function paintPlace(pen: Pen, place: Place, where: Point): void {
  const { g, palette, enlarged } = pen;
  const alpha = g.globalAlpha;
  g.save();
  g.translate(where.x, where.y);
  g.scale(enlarged, enlarged);
  const at = { x: 0, y: 0 };
  if (place.detections > 0) {
    ring(g, at, radius + 6, palette.level.critical.mark, 5, alpha * 0.4);
    g.globalAlpha = alpha;
  }
  if (place.id === pen.what.selected) ring(g, at, radius + 10, palette.accent, 2.5, alpha);
  if (place.id === pen.what.focused) ring(g, at, radius + 13, palette.accent, 2, alpha, [3, 3]);
  g.globalAlpha = alpha;
  paintBadge(g, place, at, palette, pen.detailed);
  if (place.detections > 0 && pen.detailed) flag(pen, { x: at.x + radius - 2, y: at.y - radius + 1 });
  if (place.responses.length > 0) paintUnder(pen, { x: at.x + radius - 2, y: at.y + radius - 1 }, place);
  g.restore();
}

function flag(pen: Pen, at: Point): void {
  const { g, palette } = pen;
  g.beginPath();
  g.arc(at.x, at.y, 7, 0, 2 * Math.PI);
  g.fillStyle = palette.level.critical.mark;
  g.fill();
  g.font = `700 11px ${font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = palette.page;
  g.fillText("!", at.x, at.y + 0.5);
}

// The sign of parts/under.tsx: filled where something is in force, an outline where it waits for approval.
function paintUnder({ g, palette }: Pen, at: Point, place: Place): void {
  const size = 7.5;
  g.beginPath();
  for (let i = 0; i < 8; ++i) {
    const angle = Math.PI / 8 + (i * Math.PI) / 4;
    g.lineTo(at.x + size * Math.cos(angle), at.y + size * Math.sin(angle));
  }
  g.closePath();
  const held = isHeld(place.responses);
  g.fillStyle = held ? palette.text : palette.page;
  g.fill();
  g.strokeStyle = held ? palette.page : palette.text;
  g.lineWidth = 1.5;
  g.stroke();
  g.beginPath();
  g.moveTo(at.x - 3.5, at.y);
  g.lineTo(at.x + 3.5, at.y);
  g.lineWidth = 2;
  g.stroke();
}

function ring(
  g: CanvasRenderingContext2D,
  at: Point,
  r: number,
  colour: string,
  width: number,
  alpha: number,
  dash: number[] = [],
): void {
  g.beginPath();
  g.arc(at.x, at.y, r, 0, 2 * Math.PI);
  g.globalAlpha = alpha;
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.setLineDash(dash);
  g.stroke();
  g.setLineDash([]);
}
