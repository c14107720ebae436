import { describe, expect, it } from "vitest";
import { Frames } from "./sse";

describe("Frames", () => {
  it("gives an event once its empty line is there, whatever the pieces", () => {
    const text = ': hello\n\nid: 7\nevent: asset.added\ndata: {"a":\ndata: 1}\n\nid: 8\ndata: x\r\n\r\n';
    for (let cut = 1; cut < text.length; ++cut) {
      const frames = new Frames();
      const got = [...frames.push(text.slice(0, cut)), ...frames.push(text.slice(cut))];
      expect(got, `cut at ${cut}`).toEqual([
        { id: "7", event: "asset.added", data: '{"a":\n1}' },
        { id: "8", event: "message", data: "x" },
      ]);
    }
  });
  it("has no use for retry times and comments", () => {
    expect(new Frames().push("retry: 2000\n\n: beat\n\n")).toEqual([]);
  });
  it("refuses an event without end", () => {
    const frames = new Frames();
    expect(() => {
      for (let i = 0; i < 40; ++i) frames.push("x".repeat(1 << 16));
    }).toThrow();
  });
});
