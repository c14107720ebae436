// What scores are made with and what may be done by itself: the files in force, their versions, the rules, and an editor.
import { Suspense } from "react";
import { follow, useAddress } from "../../parts/address";
import { Empty } from "../../parts/states";
import { Editor } from "./editor";
import { Files } from "./files";
import { Rules } from "./rules";
import { Versions } from "./versions";

const sections = [
  { id: "files", name: "Files", body: Files },
  { id: "rules", name: "Response rules", body: Rules },
  { id: "versions", name: "Versions", body: Versions },
];

export default function Policy() {
  const { path, query } = useAddress();
  const asked = path.split("/")[2] ?? "files";
  const file = query.get("file");
  const section = sections.find((each) => each.id === asked);
  return (
    <div className="settings">
      <h1 className="unseen">Policy</h1>
      <nav className="settings-nav" aria-label="Policy">
        {sections.map((each) => (
          <a
            key={each.id}
            href={`/policy/${each.id}`}
            aria-current={each === section ? "page" : undefined}
            onClick={follow}
          >
            {each.name}
          </a>
        ))}
      </nav>
      <div className={file ? "settings-body settings-wide" : "settings-body"}>
        <Suspense>
          {section === sections[0] && file ? (
            <Editor key={file} name={file} />
          ) : section ? (
            <section.body />
          ) : (
            <Empty title="There is no such part of the policy." />
          )}
        </Suspense>
      </div>
    </div>
  );
}
