// A picture wider than the window, painted once, from which a drag is copied: what is dragged follows the pointer at the
// screen's own pace, however much there is to paint.
import type { Camera, Size } from "./camera";

export type Draw = (g: CanvasRenderingContext2D, size: Size, camera: Camera) => void;

export class WidePicture {
  private readonly canvas = document.createElement("canvas");
  private readonly g = this.canvas.getContext("2d", { alpha: false })!;
  private camera: Camera | null = null;
  private version = -1;

  // `version`: another one means that what was painted is not what would be painted now.
  copyTo(g: CanvasRenderingContext2D, size: Size, ratio: number, camera: Camera, version: number, draw: Draw): void {
    const margin = { x: Math.round(size.width / 3), y: Math.round(size.height / 3) };
    const was = this.camera;
    const fits =
      was !== null &&
      version === this.version &&
      was.k === camera.k &&
      Math.abs(camera.x - was.x) <= margin.x &&
      Math.abs(camera.y - was.y) <= margin.y;
    if (!fits) this.repaint(size, margin, ratio, camera, version, draw);
    const from = this.camera!;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.globalAlpha = 1;
    g.drawImage(
      this.canvas,
      Math.round((camera.x - from.x - margin.x) * ratio),
      Math.round((camera.y - from.y - margin.y) * ratio),
    );
  }

  private repaint(
    size: Size,
    margin: { x: number; y: number },
    ratio: number,
    camera: Camera,
    version: number,
    draw: Draw,
  ): void {
    const wide = { width: size.width + 2 * margin.x, height: size.height + 2 * margin.y };
    const width = Math.round(wide.width * ratio);
    const height = Math.round(wide.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    draw(this.g, wide, { k: camera.k, x: camera.x + margin.x, y: camera.y + margin.y });
    this.camera = camera;
    this.version = version;
  }
}
