// The lines of /etc/plimsoll/plimsoll.yaml for one more receiver or report. Pure.
export const settingsFile = "/etc/plimsoll/plimsoll.yaml";

export const receiverKinds = ["webhook", "slack", "teams", "alertmanager", "email", "syslog", "directory"] as const;
export type ReceiverKind = (typeof receiverKinds)[number];

const secrets = "/etc/plimsoll/secrets";

// Where a secret stands in a file of its own, the file is named after the receiver.
const bodies: Record<ReceiverKind, (name: string) => string[]> = {
  webhook: (name) => ["url: https://hooks.example.org/plimsoll", `secret_file: ${secrets}/${name}`],
  slack: (name) => [`url_file: ${secrets}/${name}`],
  teams: (name) => [`url_file: ${secrets}/${name}`],
  alertmanager: (name) => ["url: https://alertmanager.example.org:9093", `bearer_file: ${secrets}/${name}`],
  email: (name) => [
    "url: smtp://mail.example.org:587",
    "user: plimsoll",
    `password_file: ${secrets}/${name}`,
    "from: plimsoll@example.org",
    "to: [ops@example.org]",
  ],
  syslog: () => ["url: tls://log.example.org:6514"],
  directory: () => ["path: /var/lib/plimsoll/reports"],
};

const said: Record<ReceiverKind, string> = {
  webhook: "the key that signs each body",
  slack: "the address that Slack gave you: it is the secret",
  teams: "the address that Teams gave you: it is the secret",
  alertmanager: "the bearer token",
  email: "the pass word of the mail account",
  syslog: "",
  directory: "",
};

// What goes into the secret's file; empty: this kind needs none.
export const secretOf = (kind: ReceiverKind): string => said[kind];
export const secretFile = (name: string): string => `${secrets}/${name}`;

export function receiverLines(kind: ReceiverKind, name: string): string {
  const body = [`kind: ${kind}`, ...bodies[kind](name)];
  return ["receivers:", `  ${name}:`, ...body.map((line) => `    ${line}`)].join("\n");
}

export function reportLines(name: string, to: string): string {
  const body = [`to: ${to}`, "format: html", "when: weekly mon 07:30", "time_zone: Europe/Berlin"];
  return ["reports:", `  ${name}:`, ...body.map((line) => `    ${line}`)].join("\n");
}

// As the service takes names: 1 to 40 of a-z, 0-9, - and _.
export const namePattern = "[a-z0-9_\\-]{1,40}";
export const isName = (text: string): boolean => /^[a-z0-9_-]{1,40}$/.test(text);
