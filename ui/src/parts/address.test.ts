import { describe, expect, it } from "vitest";
import { openedText, parseOpened, withQuery } from "./address";

describe("withQuery", () => {
  it("sets, changes and takes out, and leaves the rest", () => {
    expect(withQuery("/containers", { level: "high" })).toBe("/containers?level=high");
    expect(withQuery("/containers?level=high&q=a+b", { level: undefined })).toBe("/containers?q=a+b");
    expect(withQuery("/containers?level=high", { level: "low", q: "" })).toBe("/containers?level=low");
  });
});

describe("the drawer in the address", () => {
  it.each([
    { kind: "asset", id: "docker:0/1?2&3 ü", tab: "why" },
    { kind: "threat", id: "CVE-2024-1" },
  ])("comes back as it was: $id", (opened) => {
    const address = withQuery("/x", { open: openedText(opened) });
    const back = new URLSearchParams(address.split("?")[1]).get("open");
    expect(parseOpened(back)).toEqual({ tab: undefined, ...opened });
  });
  it.each(["", "asset", "asset/", "asset/%zz", "/x"])("is none for %j", (text) =>
    expect(parseOpened(text)).toBeUndefined(),
  );
});
