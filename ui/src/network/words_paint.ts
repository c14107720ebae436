// Names, labels and numbers: in the screen's own size, whatever the zoom.
import { font } from "./badge_paint";
import { pointOn, radius } from "./curve";
import type { Point } from "./layout";
import type { Place } from "./model";
import type { Pen } from "./pen";

// In the screen's own size, below the badge; as long as the place has room for it.
function name(pen: Pen, place: Place, at: Point): void {
  const { g, palette, camera } = pen;
  const hovered = pen.what.hovered === place.id || pen.what.focused === place.id;
  const room = hovered ? 600 : pen.what.layout.nameRoom * camera.k;
  const count = place.kind === "group" ? ` ×${place.members.length}` : "";
  const text = pen.short(place.name, room - (count ? pen.what.texts.width(count, g.font) : 0)) + count;
  pen.written(
    text,
    at.x * camera.k + camera.x,
    (at.y + radius * pen.enlarged) * camera.k + camera.y + 12,
    palette.text,
  );
}

// In the screen's own size, whatever the zoom.
export function words(pen: Pen, ratio: number): void {
  const { g, camera, palette } = pen;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.font = `${camera.k < 0.8 ? 11 : 12}px ${font}`;
  if (pen.named) {
    for (const [id, at] of pen.what.layout.at) {
      const place = pen.what.scene.places.get(id);
      if (!place || (place.kind === "host" && place.frame) || !pen.sees(at.x - 70, at.y - 24, 140, 60)) continue;
      g.globalAlpha = pen.isFaint(id) ? pen.faint() : 1;
      name(pen, place, at);
    }
  }
  g.font = `11px ${font}`;
  for (const label of pen.what.labels) {
    if (!pen.sees(label.x - 60, label.y - 20, 120, 40)) continue;
    g.globalAlpha = pen.isFaint(label.arrow.id) ? pen.faint() : 1;
    const x = label.x * camera.k + camera.x;
    const y = label.y * camera.k + camera.y;
    pen.written(label.text, x, y, palette.text);
  }
  g.globalAlpha = 1;
  for (const { curve, edge } of pen.what.path) {
    const { x, y } = pointOn(curve, 0.5);
    g.font = `600 12px ${font}`;
    pen.written(`${Math.round(edge * 100)} %`, x * camera.k + camera.x, y * camera.k + camera.y - 12, palette.text);
  }
  outsideWord(pen);
}

// Along the shore, in sight wherever one scrolls.
function outsideWord(pen: Pen): void {
  const { g, camera, palette } = pen;
  const x = camera.x - 58 * camera.k;
  if (x < -40) return;
  const size = 13;
  g.save();
  g.translate(Math.max(12, x), 16);
  g.font = `600 ${size}px ${font}`;
  g.textAlign = "left";
  g.textBaseline = "middle";
  pen.written("Outside", 0, 0, palette.quiet);
  g.restore();
}
