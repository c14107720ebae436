// The configuration of an asset: first what matters, then all facts, searched; what differs from its image.
import { useMemo, useState } from "react";
import { useConfiguration } from "../../api/queries";
import type { Configuration } from "../../api/types";
import { Code } from "../../parts/copy";
import { Icon } from "../../parts/icon";
import { Answer, Empty } from "../../parts/states";

export function ConfigurationTab({ id }: { id: string }) {
  const configuration = useConfiguration(id);
  return (
    <Answer of={configuration} what="its configuration">
      {(data) => <Facts data={data} />}
    </Answer>
  );
}

function Facts({ data }: { data: Configuration }) {
  const [text, setText] = useState("");
  const settings = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return data.settings.filter((setting) => {
      const hay = `${setting.name} ${shown(setting.value)}`.toLowerCase();
      return words.every((word) => hay.includes(word));
    });
  }, [data.settings, text]);
  const { differences, known } = data.image;
  return (
    <div className="drawer-pad">
      {(data.container || known) && (
        <section aria-labelledby="configuration-image">
          <h3 id="configuration-image">Changed against its image</h3>
          {!known && <p className="quiet">The image is not known, so it cannot be compared.</p>}
          {known && differences.length === 0 && <p>Nothing: it runs as its image says.</p>}
          {differences.length > 0 && (
            <dl className="facts">
              {differences.map((each) => (
                <FactRow key={each.name} name={each.name}>
                  <code>{each.asset || "(nothing)"}</code> <span className="quiet">instead of</span>{" "}
                  <code>{each.image || "(nothing)"}</code>
                </FactRow>
              ))}
            </dl>
          )}
        </section>
      )}
      <section aria-labelledby="configuration-all">
        <h3 id="configuration-all">All that was read</h3>
        <label className="search">
          <Icon name="search" />
          <span className="unseen">Search the settings</span>
          <input
            type="search"
            placeholder="Search settings"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {settings.length === 0 && (
          <Empty
            title={data.settings.length === 0 ? "Nothing of its configuration could be read." : "No setting fits."}
          />
        )}
        <dl className="facts">
          {settings.map((setting) => (
            <FactRow key={setting.name} name={setting.name}>
              {setting.value === null || setting.value === undefined ? (
                <span className="hatched unknown-fact">not known{setting.unknown ? `: ${setting.unknown}` : ""}</span>
              ) : (
                <Code text={shown(setting.value)} />
              )}
            </FactRow>
          ))}
        </dl>
      </section>
    </div>
  );
}

function FactRow({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(", ") || "(none)";
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  return value === "" ? '""' : String(value);
}
