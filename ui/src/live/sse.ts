// Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of pieces of text as they
// come; EventSource would want every kind of event named beforehand, and does not tell why a stream ended.

export interface Frame {
  id: string;
  event: string;
  data: string;
}

const longest = 1 << 20; // of one event: a server that sends more is broken

export class Frames {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];

  // The events that this piece completes.
  push(piece: string): Frame[] {
    this.rest += piece;
    const out: Frame[] = [];
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (!end) break;
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      const frame = this.line(line);
      if (frame) out.push(frame);
    }
    if (this.rest.length > longest) throw new Error("an event without end");
    return out;
  }

  private line(line: string): Frame | undefined {
    if (line === "") {
      const frame = { id: this.id, event: this.event || "message", data: this.data.join("\n") };
      const whole = this.data.length > 0;
      this.event = "";
      this.data = [];
      return whole ? frame : undefined;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") this.id = value;
    else if (name === "event") this.event = value;
    else if (name === "data") this.data.push(value);
    return undefined; // comments (heartbeats) and what is unknown
  }
}
