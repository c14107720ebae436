// What lies under the places: the shore of the outside, and the frames of hosts.
import { font } from "./badge_paint";
import { pieceOfShore } from "./curve";
import type { Box } from "./layout";
import { outside } from "./model";
import type { Pen } from "./pen";

// The water's edge, with lines that follow it out to sea.
export function shore(pen: Pen): void {
  const { g, window } = pen;
  if (window.from.x > 12) return;
  const step = 14;
  const top = Math.floor(window.from.y / (2 * step)) * 2 * step - 2 * step;
  for (let line = 0; line < 4; ++line) {
    const x = -line * 13;
    g.beginPath();
    g.moveTo(x, top);
    for (let y = top; y < window.to.y + step; y += 2 * step) {
      g.quadraticCurveTo(x + 4, y + step / 2, x, y + step);
      g.quadraticCurveTo(x - 4, y + 1.5 * step, x, y + 2 * step);
    }
    g.strokeStyle = pen.palette.quiet;
    g.globalAlpha = [0.9, 0.4, 0.25, 0.15][line]!;
    g.lineWidth = (line === 0 ? 2 : 1) / Math.min(1, pen.camera.k);
    g.stroke();
  }
  g.globalAlpha = 1;
}

// Where others stand between a place and the shore.
export function piecesOfShore(pen: Pen): void {
  const { g } = pen;
  const touching = new Set(
    pen.what.scene.arrows.flatMap(({ from, to }) => (from === outside ? [to] : to === outside ? [from] : [])),
  );
  g.beginPath();
  for (const id of pen.what.layout.inland) {
    const at = pen.what.layout.at.get(id);
    if (!at || !touching.has(id) || !pen.sees(at.x - 70, at.y - 24, 90, 60)) continue;
    const x = at.x - pieceOfShore;
    g.moveTo(x, at.y - 18);
    g.quadraticCurveTo(x + 4, at.y - 10, x, at.y - 3);
    g.quadraticCurveTo(x - 4, at.y + 4, x, at.y + 11);
    g.quadraticCurveTo(x + 4, at.y + 17, x, at.y + 24);
  }
  g.strokeStyle = pen.palette.quiet;
  g.lineWidth = 1.5;
  g.stroke();
}

export function frame(pen: Pen, box: Box): void {
  const { g, palette } = pen;
  if (!pen.sees(box.x, box.y, box.width, box.height)) return;
  g.globalAlpha = 1;
  g.beginPath();
  g.roundRect(box.x, box.y, box.width, box.height, 6);
  g.fillStyle = palette.raised;
  g.globalAlpha = 0.6;
  g.fill();
  g.globalAlpha = 1;
  g.strokeStyle = palette.line;
  g.lineWidth = 1 / Math.min(1, pen.camera.k);
  g.stroke();
  g.font = `600 ${Math.min(28, 14 / Math.min(1, pen.camera.k))}px ${font}`;
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillStyle = palette.text;
  g.globalAlpha = pen.what.near && !pen.what.near.has(box.host) ? 0.45 : 1;
  g.fillText(pen.short(box.name, box.width - (box.host ? 64 : 28)), box.x + (box.host ? 52 : 14), box.y + 24);
  g.globalAlpha = 1;
}
