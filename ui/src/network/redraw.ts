// When something is painted: at most once a frame. Where nothing but the camera's place changed, it is copied from a wider
// picture.
import type { Eye } from "./eye";
import { type Draw, WidePicture } from "./wide";

export class Redraw {
  private asked = 0; // the frame that is awaited
  private version = 0; // of what is painted, wherever the camera is
  private moved = false; // nothing but the camera's place changed
  private ended = false;
  private readonly wide = new WidePicture();

  // `advance`: before each frame; true: another one has to follow.
  constructor(
    private readonly g: CanvasRenderingContext2D,
    private readonly eye: Eye,
    private readonly draw: Draw,
    private readonly advance: (now: number) => boolean,
  ) {}

  end(): void {
    this.ended = true;
    cancelAnimationFrame(this.asked);
  }

  // Something else than the camera's place changed.
  soon(): void {
    this.version += 1;
    this.moved = false;
    this.await();
  }

  // The camera's place changed, and maybe something else that waits to be painted, too.
  soonMoved(): void {
    this.moved = this.asked === 0 || this.moved;
    this.await();
  }

  now(): void {
    this.version += 1;
    this.paint();
  }

  nowMoved(): void {
    const { size, ratio, camera } = this.eye;
    if (camera) this.wide.copyTo(this.g, size, ratio, camera, this.version, this.draw);
  }

  private await(): void {
    if (this.asked || this.ended) return;
    this.asked = requestAnimationFrame((now) => {
      this.asked = 0;
      const more = this.advance(now);
      if (this.moved) this.nowMoved();
      else this.paint();
      this.moved = false;
      if (more) this.soon();
    });
  }

  private paint(): void {
    if (this.eye.camera) this.draw(this.g, this.eye.size, this.eye.camera);
  }
}
