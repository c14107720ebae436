// Pointer, wheel and keys on the canvas, as what they mean for the picture. One pointer drags, two zoom; a pointer that hardly
// moved is a click.
import type { Point } from "./layout";

export interface Steered {
  hover(at: Point | null): void; // null: nowhere
  click(at: Point, byTouch: boolean): void;
  panBy(dx: number, dy: number): void;
  zoomAround(at: Point, factor: number): void;
  zoom(factor: number): void;
  fit(): void;
  step(dx: number, dy: number): void; // to the next place in this direction
  openFocused(): void;
  unfocus(): boolean; // whether something had the focus
  focused(has: boolean): void; // the canvas itself
  letGo(): void; // no pointer is down any more
}

const leastMove = 4; // px

export class Input {
  private readonly pointers = new Map<number, Point>();
  private moved = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly steered: Steered,
    signal: AbortSignal,
  ) {
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      does: (event: HTMLElementEventMap[K]) => void,
      passive = true,
    ) => canvas.addEventListener(name, does as EventListener, { signal, passive });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.up(event));
    on("pointerleave", () => this.leave());
    on("wheel", (event) => this.wheel(event), false);
    on("keydown", (event) => this.key(event), false);
    on("focus", () => this.steered.focused(true));
    on("blur", () => this.steered.focused(false));
  }

  get isDown(): boolean {
    return this.pointers.size > 0;
  }

  private down(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, placeOf(event));
    this.moved = false;
  }

  private move(event: PointerEvent): void {
    const at = placeOf(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.steered.hover(at);
      return;
    }
    if (!this.moved && distance(at, before) < leastMove) return;
    this.moved = true;
    this.steered.hover(null);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const [was, is] = other ? [middleOf(before, other), middleOf(at, other)] : [before, at];
    if (other) this.steered.zoomAround(was, distance(at, other) / Math.max(1, distance(before, other)));
    this.steered.panBy(is.x - was.x, is.y - was.y);
    this.pointers.set(event.pointerId, at);
  }

  private up(event: PointerEvent): void {
    const known = this.pointers.delete(event.pointerId);
    if (known && !this.moved && event.type === "pointerup")
      this.steered.click(placeOf(event), event.pointerType !== "mouse");
    if (!this.isDown) this.steered.letGo();
  }

  private leave(): void {
    if (this.isDown) return;
    this.steered.hover(null);
    this.steered.letGo();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey) this.steered.panBy(-(event.deltaX || event.deltaY) * unit, 0);
    else this.steered.zoomAround(placeOf(event), Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0016)));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrowKeys[event.key];
    if (arrow && event.shiftKey) this.steered.panBy(-arrow[0] * 60, -arrow[1] * 60);
    else if (arrow) this.steered.step(arrow[0], arrow[1]);
    else if (event.key === "Enter" || event.key === " ") this.steered.openFocused();
    else if (event.key === "+" || event.key === "=") this.steered.zoom(1.25);
    else if (event.key === "-") this.steered.zoom(0.8);
    else if (event.key === "0") this.steered.fit();
    else if (event.key !== "Escape" || !this.steered.unfocus()) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const arrowKeys: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const placeOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const middleOf = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
