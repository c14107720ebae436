// The camera over time: it fits what is new until the reader moves it; from then on it stays where the reader looks.
import { anchored, type Camera, fit, leastZoom, type Size, showing, toScreen, toWorld, zoomed } from "./camera";
import type { Layout, Point } from "./layout";

export class Eye {
  size: Size = { width: 0, height: 0 };
  ratio = 1; // of the screen's pixels to ours
  camera: Camera | null = null;
  private touched = false; // the reader chose: new scenes leave the camera alone

  get aspect(): number {
    return this.size.width / this.size.height;
  }

  // False: it has this size already.
  resize(size: Size, ratio: number): boolean {
    if (size.width === this.size.width && size.height === this.size.height && ratio === this.ratio) return false;
    this.size = size;
    this.ratio = ratio;
    return true;
  }

  // `keep`: the place that stays where it was seen, if there is one.
  follow({ before, layout, away }: { before: Layout | null; layout: Layout; away: boolean }, keep: string | null) {
    if (!this.camera || away || !this.touched || !before) {
      this.camera = fit(layout, this.size);
      this.touched &&= !away;
    } else {
      this.camera = anchored(this.camera, before.at, layout.at, keep, this.size);
    }
  }

  fit(layout: Layout): void {
    this.touched = false;
    this.camera = fit(layout, this.size);
  }

  refit(layout: Layout): void {
    if (!this.touched) this.camera = fit(layout, this.size);
  }

  zoom(layout: Layout, at: Point, factor: number): void {
    if (!this.camera) return;
    this.touched = true;
    this.camera = zoomed(this.camera, at, factor, leastZoom(layout, this.size));
  }

  pan(dx: number, dy: number): void {
    if (!this.camera) return;
    this.touched = true;
    this.camera = { ...this.camera, x: this.camera.x + dx, y: this.camera.y + dy };
  }

  bringIn(at: Point | undefined): void {
    if (at && this.camera) this.camera = showing(this.camera, at, this.size);
  }

  toScreen(at: Point | undefined): Point | null {
    return at && this.camera ? toScreen(this.camera, at) : null;
  }

  toWorld(at: Point): Point | null {
    return this.camera && toWorld(this.camera, at);
  }
}
