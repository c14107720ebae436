// The kinds of threats, in the user's words.
export const kinds = [
  { value: "vulnerability", label: "vulnerability" },
  { value: "benchmark", label: "setting" },
  { value: "network", label: "network" },
  { value: "behaviour", label: "behaviour" },
  { value: "malware", label: "malware" },
  { value: "secret", label: "secret" },
  { value: "patch", label: "missing patch" },
];

export const kindName = (kind: string) => kinds.find((each) => each.value === kind)?.label ?? kind;

// Rules are named by what should be; a threat is that it is not.
export const titleOf = (threat: { kind: string; title?: string }) =>
  threat.kind === "benchmark" && threat.title ? `Not so: ${threat.title}` : (threat.title ?? "");
