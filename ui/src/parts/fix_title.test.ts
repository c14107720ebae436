import { describe, expect, it } from "vitest";
import { fixTitle } from "./fix_title";

describe("what is to be done", () => {
  it("says how it should be, without the asset's name", () => {
    const check = { id: "check:container.apparmor@web", title: "web: An AppArmor profile confines the container" };
    expect(fixTitle(check)).toBe("Make it so: An AppArmor profile confines the container");
    const route = { id: "route:docker-socket@web", title: 'web: close "holds the runtime\'s socket"' };
    expect(fixTitle(route)).toBe('Close "holds the runtime\'s socket"');
  });
  it("leaves all else as it is", () => {
    const upgrade = { id: "upgrade:x", title: "Upgrade openssl to 3.0.15 in image web:1" };
    expect(fixTitle(upgrade)).toBe(upgrade.title);
    expect(fixTitle({ id: "check:a@b", title: "c: d" })).toBe("Make it so: c: d");
  });
});
