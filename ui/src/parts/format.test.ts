import { describe, expect, it } from "vitest";
import { ago, bytes, count, duration, plural, shortId } from "./format";

describe("format", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1.0k"],
    [1234, "1.2k"],
    [9960, "10k"],
    [34_499, "34k"],
    [999_400, "999k"],
    [999_900, "1.0M"],
    [2_500_000, "2.5M"],
  ])("count %d", (n, text) => expect(count(n)).toBe(text));
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1_500_000, "1.4 MiB"],
    [200 * 2 ** 20, "200 MiB"],
    [2 ** 30, "1.0 GiB"],
  ])("bytes %d", (n, text) => expect(bytes(n)).toBe(text));
  it.each([
    [3, "3 s"],
    [61, "1 min"],
    [7200, "2 h"],
    [86_400 * 3, "3 d"],
    [86_400 * 70, "2 mo"],
  ])("duration %d", (n, text) => expect(duration(n)).toBe(text));
  it("tells before, after and now", () => {
    const now = Date.parse("2026-01-01T00:01:00Z");
    expect(ago("2026-01-01T00:00:00Z", now)).toBe("1 min ago");
    expect(ago("2026-01-01T00:00:58Z", now)).toBe("just now");
    expect(ago("2026-01-02T00:01:00Z", now)).toBe("in 1 d");
    expect(ago("nonsense", now)).toBe("");
  });
  it("words", () => {
    expect(plural(1, "asset")).toBe("1 asset");
    expect(plural(1500, "asset")).toBe("1.5k assets");
    expect(shortId("sha256:0123456789abcdef0123")).toBe("sha256:0123456789ab");
    expect(shortId("web")).toBe("web");
  });
});
