// What part of the picture is seen: screen = world * k + (x, y).
import type { Layout, Point } from "./layout";

export interface Camera extends Point {
  k: number;
}

export interface Size {
  width: number;
  height: number;
}

const nearest = 2.5;
const margin = 24;

const clamp = (k: number, least: number) => Math.min(nearest, Math.max(least, k));
export const leastZoom = (layout: Layout, size: Size): number => Math.min(0.25, fit(layout, size).k * 0.7);

export const toWorld = (camera: Camera, { x, y }: Point): Point => ({
  x: (x - camera.x) / camera.k,
  y: (y - camera.y) / camera.k,
});
export const toScreen = (camera: Camera, { x, y }: Point): Point => ({
  x: x * camera.k + camera.x,
  y: y * camera.k + camera.y,
});

// All of it, not larger than life.
export function fit(layout: Layout, size: Size): Camera {
  const left = -64; // the shore's own room
  const width = Math.max(1, layout.width - left);
  const height = Math.max(1, layout.height);
  const k = Math.min(1.15, (size.width - 2 * margin) / width, (size.height - 2 * margin) / height);
  const spare = size.height - height * k;
  return { k, x: Math.max(margin, (size.width - width * k) / 2) - left * k, y: spare / 2 };
}

// What is under the pointer stays under it.
export function zoomed(camera: Camera, around: Point, factor: number, least: number): Camera {
  const k = clamp(camera.k * factor, least);
  const world = toWorld(camera, around);
  return { k, x: around.x - world.x * k, y: around.y - world.y * k };
}

// Moved so that a point of the world is seen, with some room around it.
export function showing(camera: Camera, world: Point, size: Size): Camera {
  const { x, y } = toScreen(camera, world);
  const room = 70;
  const into = (value: number, end: number) =>
    value < room ? room - value : value > end - room ? end - room - value : 0;
  return { ...camera, x: camera.x + into(x, size.width), y: camera.y + into(y, size.height) };
}

// After a new layout: the place that both have and that is nearest to the middle of the window stays where it was seen.
export function anchored(
  camera: Camera,
  before: Map<string, Point>,
  after: Map<string, Point>,
  keep: string | null,
  size: Size,
): Camera {
  const middle = toWorld(camera, { x: size.width / 2, y: size.height / 2 });
  let anchor = keep && before.has(keep) && after.has(keep) ? keep : null;
  let least = Number.POSITIVE_INFINITY;
  if (!anchor) {
    for (const [id, at] of before) {
      const distance = Math.hypot(at.x - middle.x, at.y - middle.y);
      if (distance < least && after.has(id)) [anchor, least] = [id, distance];
    }
  }
  if (!anchor) return camera;
  const was = before.get(anchor)!;
  const is = after.get(anchor)!;
  return { ...camera, x: camera.x + (was.x - is.x) * camera.k, y: camera.y + (was.y - is.y) * camera.k };
}
