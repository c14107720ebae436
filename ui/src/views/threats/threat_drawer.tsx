// One threat: what it is, who says how bad, who has it, what to do, what was excepted.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, part } from "../../api/client";
import { sourceOf, useEvents, useExceptions, usePages, useThreat } from "../../api/queries";
import type { AssetThreat, Exception, ReportThreat, Threat } from "../../api/types";
import { useMay } from "../../frame/me";
import { Badge } from "../../parts/badge";
import { Code } from "../../parts/copy";
import { Drawer, Tabs } from "../../parts/drawer";
import { count, exact, percent } from "../../parts/format";
import { Icon } from "../../parts/icon";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Remedy } from "../../parts/remedy";
import { nameOf, Severity } from "../../parts/severity";
import { Answer, messageOf } from "../../parts/states";
import { Time } from "../../parts/time";
import { useNames } from "../asset/names";
import { EventLine } from "../log/event_text";
import { ExceptionDialog } from "./exception_dialog";
import { kindName, titleOf } from "./kinds";

export default function ThreatDrawer({ id }: { id: string }) {
  const threat = useThreat(id);
  const exceptions = useExceptions({ threat: id, state: "all" });
  return (
    <Drawer title={id} mark={threat.data && <Severity level={threat.data.level} short />}>
      <Answer of={threat} what="this threat">
        {(data) => (
          <>
            <div className="drawer-sub">
              <span>
                {kindName(data.kind)} · {nameOf(data.level)} {data.score?.toFixed(1)}
              </span>
              {data.known_exploited && <span className="tag tag-strong">known to be exploited</span>}
              {data.epss !== null && (
                <span title="How likely it is to be exploited within 30 days (EPSS)">EPSS {percent(data.epss)}</span>
              )}
              <span>
                first seen <Time at={data.first_seen} />
              </span>
            </div>
            <Tabs
              label={`Details of ${id}`}
              tabs={[
                { id: "what", name: "What and fix", body: () => <What threat={data} /> },
                { id: "assets", name: "Who has it", count: count(data.assets), body: () => <Who id={id} /> },
                {
                  id: "exceptions",
                  name: "Exceptions",
                  count: exceptions.data ? count(exceptions.data.items.length) : undefined,
                  body: () => <Exceptions id={id} of={exceptions} />,
                },
                { id: "history", name: "History", body: () => <History id={id} /> },
              ]}
            />
          </>
        )}
      </Answer>
    </Drawer>
  );
}

function useOwners(id: string) {
  return usePages<AssetThreat>(["threats", id, "assets"], `/threats/${part(id)}/assets`, {});
}

// Texts and opinions are those of the worst asset that has it.
function What({ threat }: { threat: Threat }) {
  const found = threat.threat as ReportThreat | null | undefined;
  return (
    <div className="drawer-pad">
      {threat.title && <p className="lead">{titleOf(threat)}</p>}
      {found ? (
        <Details threat={found} asset={threat.worst_asset ?? ""} />
      ) : (
        <p className="quiet">Nobody has it any more, or it is read anew.</p>
      )}
    </div>
  );
}

function Details({ threat, asset }: { threat: ReportThreat; asset: string }) {
  const opinions = [threat.severity, ...threat.opinions].filter(
    (each, i, all) => all.findIndex((other) => other.source === each.source && other.vector === each.vector) === i,
  );
  return (
    <>
      {threat.remedy && (
        <section aria-labelledby="threat-do">
          <h3 id="threat-do">What to do</h3>
          <Remedy text={threat.remedy} />
        </section>
      )}
      {threat.package && (
        <section aria-labelledby="threat-where">
          <h3 id="threat-where">Where{asset && `, on ${asset}`}</h3>
          <dl className="facts">
            <dt>Package</dt>
            <dd>
              <Code text={threat.package.name} />
              {threat.package.source_name && threat.package.source_name !== threat.package.name && (
                <span className="quiet"> of source {threat.package.source_name}</span>
              )}
            </dd>
            <dt>Installed</dt>
            <dd>
              <Code text={threat.package.version} />
            </dd>
            <dt>Fixed in</dt>
            <dd>{threat.fixed_version ? <Code text={threat.fixed_version} /> : "no fix yet"}</dd>
            <dt>Found in</dt>
            <dd>
              <Code text={threat.package.location} />
            </dd>
            <dt>Loaded</dt>
            <dd>{{ yes: "by a running process", no: "by no process", unknown: "not known" }[threat.package.loaded]}</dd>
          </dl>
        </section>
      )}
      {threat.evidence && (
        <section aria-labelledby="threat-evidence">
          <h3 id="threat-evidence">Evidence</h3>
          <p className="wrap">{threat.evidence}</p>
        </section>
      )}
      <section aria-labelledby="threat-opinions">
        <h3 id="threat-opinions">Who says how bad</h3>
        <table className="simple">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Severity</th>
              <th scope="col">Vector</th>
            </tr>
          </thead>
          <tbody>
            {opinions.map((each) => (
              <tr key={`${each.source} ${each.vector}`}>
                <th scope="row">{each.source || "unknown"}</th>
                <td>
                  <Severity level={each.level} /> {each.score?.toFixed(1)}
                </td>
                <td>{each.vector && <Code text={each.vector} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {threat.aliases.length > 0 && (
        <section aria-labelledby="threat-aliases">
          <h3 id="threat-aliases">Also known as</h3>
          <ul className="ids">
            {threat.aliases.map((alias) => (
              <li key={alias}>
                <Code text={alias} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {threat.references.length > 0 && (
        <section aria-labelledby="threat-references">
          <h3 id="threat-references">References</h3>
          <ul className="references">
            {threat.references.map((reference) => (
              <li key={reference}>
                {/^https?:\/\//.test(reference) ? (
                  <a href={reference} target="_blank" rel="noopener noreferrer">
                    {reference}
                  </a>
                ) : (
                  <Code text={reference} />
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const columns: Column<AssetThreat>[] = [
  {
    id: "asset",
    name: "Asset",
    width: 200,
    value: (row) => row.asset_name,
    render: (row) => (
      <>
        <Badge size={20} score={row.asset_score} partly={row.asset_not_assessed > 0} />
        <span className="cut">{row.asset_name}</span>
      </>
    ),
  },
  {
    id: "package",
    name: "Package",
    width: 150,
    from: 420,
    value: (row) => row.package,
    render: (row) => <code title={row.package}>{row.package}</code>,
  },
  {
    id: "version",
    name: "Installed",
    width: 170,
    value: (row) => row.version,
    render: (row) => <code title={row.version}>{row.version}</code>,
  },
  {
    id: "fix",
    name: "Fixed in",
    width: 170,
    from: 560,
    value: (row) => row.fixed_version,
    render: (row) =>
      row.fixed_version ? (
        <code title={row.fixed_version}>{row.fixed_version}</code>
      ) : (
        <span className="quiet">no fix yet</span>
      ),
  },
  {
    id: "seen",
    name: "First seen",
    width: 96,
    from: 680,
    value: (row) => row.first_seen ?? "",
    render: (row) => <Time at={row.first_seen} />,
  },
];

function Who({ id }: { id: string }) {
  const pages = useOwners(id);
  return (
    <Answer of={pages} what="who has it">
      {() => {
        const { rows, source } = sourceOf(pages);
        return (
          <List
            name="threat-assets"
            label="Assets"
            prefix="d."
            rows={rows}
            source={source}
            keyOf={(row) => `${row.asset} ${row.package} ${row.version}`}
            columns={columns}
            sort={{ column: "", down: false }}
            open={(row) => ({ kind: "asset", id: row.asset })}
            empty={<p className="state">Nobody has it any more.</p>}
          />
        );
      }}
    </Answer>
  );
}

function Exceptions({ id, of }: { id: string; of: ReturnType<typeof useExceptions> }) {
  const may = useMay("operator");
  const [adding, setAdding] = useState(false);
  return (
    <div className="drawer-pad">
      <Answer of={of} what="its exceptions">
        {(data) => (
          <>
            {data.items.length === 0 && <p>Nobody took the responsibility for it: it counts wherever it is.</p>}
            <ExceptionList items={data.items} />
          </>
        )}
      </Answer>
      {may && (
        <p>
          <button type="button" className="button" onClick={() => setAdding(true)}>
            <Icon name="edit" />
            Except it
          </button>
        </p>
      )}
      {adding && <ExceptionDialog threat={id} onClose={() => setAdding(false)} />}
    </div>
  );
}

export function ExceptionList({ items, named = false }: { items: Exception[]; named?: boolean }) {
  return (
    <ul className="exceptions">
      {items.map((each) => (
        <ExceptionItem key={`${each.id} ${each.threat}`} of={each} named={named} />
      ))}
    </ul>
  );
}

function ExceptionItem({ of, named }: { of: Exception; named: boolean }) {
  const may = useMay("operator");
  const nameOfAsset = useNames();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => change("DELETE", `/exceptions/${part(of.id)}`),
    onSuccess: () => void client.invalidateQueries(),
  });
  const ofPolicy = of.scope === "policy";
  const places = {
    everywhere: "everywhere",
    image: `image ${of.image}`,
    asset: nameOfAsset(of.asset),
    policy: of.selection === "all" ? "everywhere" : of.selection,
  };
  return (
    <li>
      <div className="exception-head">
        {named && <b>{of.threat}</b>}
        <span>
          {places[of.scope]}
          {of.package && `, package ${of.package}`}
        </span>
        <span className="quiet">{of.state === "active" ? `counts ${of.matches} out` : "expired"}</span>
      </div>
      <p className="wrap">{of.reason}</p>
      <p className="quiet small">
        {of.owner} answers for it · {ofPolicy ? "stands in" : "made by"} {of.created_by}{" "}
        {!ofPolicy && <Time at={of.created_at} />} · until{" "}
        <span title={of.expires_at ? exact(of.expires_at) : ""}>{of.expires_at?.slice(0, 10)}</span>
        {may && !ofPolicy && of.state === "active" && (
          <button type="button" className="plain link" disabled={end.isPending} onClick={() => end.mutate()}>
            End it now
          </button>
        )}
        {end.error && <span role="alert"> {messageOf(end.error)}</span>}
      </p>
    </li>
  );
}

function History({ id }: { id: string }) {
  const events = useEvents({ kind: "exception.", newest_first: true, limit: 500 });
  const threat = useThreat(id);
  return (
    <div className="drawer-pad">
      <Answer of={events} what="its history">
        {(data) => {
          const mine = data.items.filter((event) => (event.body as { threat?: string }).threat === id);
          return (
            <ul className="events">
              {mine.map((event) => (
                <EventLine key={event.sequence} event={event} />
              ))}
              <li>
                First seen <Time at={threat.data?.first_seen} />.
              </li>
            </ul>
          );
        }}
      </Answer>
    </div>
  );
}
