// The packages of one asset: those that a process has loaded first. The whole as a bill of materials.
import { part, target } from "../../api/client";
import { sourceOf, useDatabase, usePages } from "../../api/queries";
import type { Package } from "../../api/types";
import { follow, useAddress } from "../../parts/address";
import { count } from "../../parts/format";
import { Icon } from "../../parts/icon";
import { List } from "../../parts/list/list";
import type { Column, Facet } from "../../parts/list/types";
import { Menu } from "../../parts/menu";
import { nameOf, Severity } from "../../parts/severity";
import { Answer, Empty } from "../../parts/states";

const loadedText = { yes: "loaded", no: "not loaded", unknown: "not known" };

const columns: Column<Package>[] = [
  {
    id: "name",
    name: "Package",
    width: 200,
    value: (row) => row.name,
    render: (row) => (
      <span className="cut" title={row.purl}>
        {row.name}
      </span>
    ),
  },
  {
    id: "version",
    name: "Version",
    width: 190,
    value: (row) => row.version,
    render: (row) => <code title={row.version}>{row.version}</code>,
  },
  {
    id: "loaded",
    name: "Loaded",
    width: 96,
    from: 420,
    value: (row) => loadedText[row.loaded],
    render: (row) => <span className={row.loaded === "yes" ? undefined : "quiet"}>{loadedText[row.loaded]}</span>,
    hint: "Whether a running process has its files loaded",
  },
  {
    id: "threats",
    name: "Threats",
    width: 90,
    down: true,
    from: 330,
    value: (row) => row.threats,
    render: (row) =>
      row.threats > 0 ? (
        <span title={row.worst ? `worst: ${nameOf(row.worst)}` : undefined} className="marks">
          {row.worst && <Severity level={row.worst} short />} {count(row.threats)}
        </span>
      ) : (
        <span className="quiet">0</span>
      ),
  },
  { id: "type", name: "Type", width: 76, from: 620, value: (row) => row.type, render: (row) => row.type },
  {
    id: "location",
    name: "Where",
    width: 220,
    from: 720,
    value: (row) => row.location ?? "",
    render: (row) => <code title={(row.locations ?? []).join("\n") || row.location}>{row.location}</code>,
  },
];

const facets: Facet<Package>[] = [
  {
    id: "loaded",
    name: "Loaded",
    options: [
      { value: "yes", label: "loaded" },
      { value: "no", label: "not loaded" },
      { value: "unknown", label: "not known" },
    ],
    of: (row) => row.loaded,
  },
  { id: "vulnerable", name: "Threats", options: [{ value: "yes", label: "only with threats" }] },
];

// No threats beside a package means little where there was little to match it with.
function Matched() {
  const { data } = useDatabase();
  if (!data || (data.present && !data.starter_pack)) return null;
  return (
    <p className="list-footer quiet">
      {data.present
        ? "Matched with the starter pack alone, which knows few vulnerabilities: no threat here is not the same as none. "
        : "Not matched: there is no threat database. "}
      <a href="/settings/database" onClick={follow}>
        Update it
      </a>
    </p>
  );
}

export function Packages({ id, name }: { id: string; name: string }) {
  const { query } = useAddress();
  const pages = usePages<Package>(["asset", id, "packages"], `/assets/${part(id)}/packages`, {
    text: query.get("d.q"),
    vulnerable: query.get("d.vulnerable") === "yes",
  });
  return (
    <Answer of={pages} what="its packages">
      {() => {
        const { rows, source } = sourceOf(pages);
        return (
          <List
            name="packages"
            label="Packages"
            prefix="d."
            rows={rows}
            source={source}
            keyOf={(row) => `${row.purl} ${row.version} ${row.location}`}
            columns={columns}
            facets={facets}
            sort={{ column: "loaded", down: false }}
            serverText
            actions={
              <Menu className="button" align="right" button="Bill of materials">
                {() => (
                  <div className="options">
                    {(["cyclonedx", "spdx"] as const).map((format) => (
                      <a
                        key={format}
                        className="plain link"
                        download={`plimsoll-${name}.${format}.json`}
                        href={target(`/assets/${part(id)}/sbom`, { format })}
                      >
                        <Icon name="export" /> {format === "spdx" ? "SPDX 2.3" : "CycloneDX 1.5"}
                      </a>
                    ))}
                  </div>
                )}
              </Menu>
            }
            footer={<Matched />}
            empty={
              <Empty title="No package was found in it.">
                It may hold one static program only, or could not be read; what could not stands under Why.
              </Empty>
            }
          />
        );
      }}
    </Answer>
  );
}
