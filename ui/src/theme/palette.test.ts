import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blindness, contrast, distance } from "./contrast";
import { dark, levels, light, type Palette } from "./palette";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const block = (selector: string) => css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";

describe.each<[string, Palette, string]>([
  ["light", light, ":root"],
  ["dark", dark, ':root[data-theme="dark"]'],
])("the %s palette", (_, palette, selector) => {
  it("is what tokens.css says", () => {
    const rules = block(selector);
    for (const name of ["page", "raised", "text", "quiet", "line", "accent"] as const)
      expect(rules).toContain(`--${name}: ${palette[name]};`);
    for (const level of levels) {
      expect(rules).toContain(`--${level}: ${palette.level[level].mark};`);
      expect(rules).toContain(`--${level}-ink: ${palette.level[level].ink};`);
    }
  });

  it("can be read: text 4.5:1 on both grounds", () => {
    for (const ground of [palette.page, palette.raised]) {
      for (const ink of [palette.text, palette.quiet, palette.accent, ...levels.map((l) => palette.level[l].ink)])
        expect(contrast(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("can be seen: marks 3:1 on both grounds", () => {
    for (const ground of [palette.page, palette.raised]) {
      for (const level of levels)
        expect(contrast(palette.level[level].mark, ground), `${level} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(Object.entries(blindness))("keeps the levels apart with %s", (_name, eyes) => {
    for (const [i, one] of levels.entries()) {
      for (const other of levels.slice(i + 1)) {
        const apart = distance(palette.level[one].mark, palette.level[other].mark, eyes);
        expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(0.06);
      }
    }
  });
});

describe("contrast", () => {
  it("is what WCAG says of black, white and a known grey", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
  });
});
