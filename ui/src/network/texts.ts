// How wide texts are, and what of them fits. Asked for every name in every frame, so what was measured is kept.
const most = 20_000; // texts that are kept

export class Texts {
  private readonly widths = new Map<string, number>();
  private readonly shortened = new Map<string, string>();

  constructor(private readonly g: CanvasRenderingContext2D) {}

  width(text: string, font: string): number {
    const key = font + text;
    let width = this.widths.get(key);
    if (width === undefined) {
      if (this.widths.size > most) this.widths.clear();
      this.g.font = font;
      width = this.g.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }

  // What fits, with an ellipsis in the middle: the ends of names are what tells replicas apart.
  short(text: string, room: number, font: string): string {
    const key = `${Math.round(room)} ${font} ${text}`;
    const known = this.shortened.get(key);
    if (known !== undefined) return known;
    if (this.shortened.size > most) this.shortened.clear();
    let out = text;
    for (let keep = text.length - 1; keep > 3 && this.width(out, font) > room; --keep) {
      const end = Math.floor(keep / 2.5);
      out = `${text.slice(0, keep - end)}…${text.slice(text.length - end)}`;
    }
    this.shortened.set(key, out);
    return out;
  }
}
