// What to do, in a sentence; the commands in it (between backticks) can be copied.
import { Code } from "./copy";

export function Remedy({ text }: { text: string }) {
  if (!text) return null;
  return (
    <p className="remedy">{text.split("`").map((part, i) => (i % 2 === 1 ? <Code key={i} text={part} /> : part))}</p>
  );
}
