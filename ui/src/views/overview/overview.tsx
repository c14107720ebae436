// How deep are we, who is the worst, what do we do first: the three questions in this order.
import { useNotAssessed, usePages, useSummary } from "../../api/queries";
import type { Asset, Summary } from "../../api/types";
import { follow } from "../../parts/address";
import { CountsOf, exposureOf, Gauge, Marks } from "../../parts/asset_bits";
import { Badge } from "../../parts/badge";
import { plural } from "../../parts/format";
import { List } from "../../parts/list/list";
import type { Column } from "../../parts/list/types";
import { Answer, Empty } from "../../parts/states";
import { levels } from "../../theme/palette";
import { Changed } from "./changed";
import { FixFirst } from "./fix_first";
import { Hint } from "./hint";
import { Trend } from "./trend";

export default function Overview() {
  const summary = useSummary();
  return (
    <div className="overview">
      <h1 className="unseen">Overview</h1>
      <Hint />
      <Answer of={summary} what="the summary">
        {(data) =>
          data.hosts + data.containers + data.images === 0 ? (
            <Empty title="The first scan is at work." command="plimsoll demo up">
              This machine and its containers show here as soon as they are read, within a minute or so. Nothing to look
              at yet? This starts a harmless scene:
            </Empty>
          ) : (
            <div className="overview-grid">
              <Level summary={data} />
              <FixFirst />
              <div className="overview-side">
                <Changed />
                <Gaps count={data.not_assessed} />
              </div>
            </div>
          )
        }
      </Answer>
      <Worst />
    </div>
  );
}

function Level({ summary }: { summary: Summary }) {
  const assets = summary.hosts + summary.containers + summary.images;
  return (
    <section className="overview-level" aria-labelledby="overview-level">
      <h2 id="overview-level">Threat level</h2>
      <div className="overview-badge">
        <Badge
          size={96}
          score={summary.worst_score}
          partly={summary.not_assessed > 0}
          label={`The worst of all: ${summary.worst_score} of 100`}
        />
        <p>
          The worst of {plural(assets, "asset")}: {plural(summary.hosts, "node")},{" "}
          {plural(summary.containers, "container")}
          {summary.images > 0 && `, ${plural(summary.images, "image")}`}.
        </p>
      </div>
      <Trend />
      <LevelBar summary={summary} total={assets} />
    </section>
  );
}

// One bar of all assets by level; each part filters the containers.
function LevelBar({ summary, total }: { summary: Summary; total: number }) {
  const parts = [...levels].reverse().map((level) => ({ level, n: summary.by_level[level] ?? 0 }));
  return (
    <ul className="level-bar" aria-label="Assets by level">
      {parts
        .filter((part) => part.n > 0)
        .map(({ level, n }) => (
          <li key={level} style={{ flexGrow: n / total }} className={`level-${level}`}>
            <a href={`/containers?level=${level}`} onClick={follow} title={`${plural(n, "asset")}: ${level}`}>
              <span className="level-fill" aria-hidden="true" />
              <span>
                <b>{n}</b> {level}
              </span>
            </a>
          </li>
        ))}
    </ul>
  );
}

function Gaps({ count }: { count: number }) {
  const gaps = useNotAssessed();
  return (
    <section aria-labelledby="overview-gaps">
      <h2 id="overview-gaps">Not assessed</h2>
      <Answer of={gaps} what="what could not be assessed">
        {(data) =>
          data.items.length === 0 ? (
            <p className="quiet">
              {count === 0
                ? "Everything could be assessed."
                : `${plural(count, "asset")} not in whole; the reasons stand with each.`}
            </p>
          ) : (
            <ul className="gaps">
              {data.items.slice(0, 6).map((gap) => (
                <li
                  key={`${gap.what} ${gap.reason}`}
                  className="gap-item"
                  title={[`${gap.what}: ${gap.reason}`, gap.remedy].filter(Boolean).join("\n")}
                >
                  <span className="gap-mark hatched" aria-hidden="true" />
                  <span>
                    <b>{gap.what}</b>: {gap.reason}
                    <span className="quiet">
                      {" "}
                      {gap.count > 0
                        ? `On ${gap.count === 1 ? (gap.assets[0] ?? "1 asset") : plural(gap.count, "asset")}.`
                        : ""}
                    </span>
                  </span>
                </li>
              ))}
              {data.items.length > 6 && (
                <li>
                  <a href="/containers?assessed=partly" onClick={follow}>
                    {data.items.length - 6} more
                  </a>
                </li>
              )}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}

const columns: Column<Asset>[] = [
  {
    id: "name",
    name: "Name",
    width: 200,
    sortable: false,
    value: (row) => row.name,
    render: (row) => <span className="cut">{row.name}</span>,
  },
  {
    id: "score",
    name: "Score",
    width: 150,
    sortable: false,
    value: (row) => row.score,
    render: (row) => <Gauge asset={row} />,
  },
  {
    id: "counts",
    name: "Crit High Med",
    width: 124,
    sortable: false,
    from: 430,
    value: () => null,
    render: (row) => <CountsOf counts={row.counts} />,
  },
  {
    id: "kind",
    name: "Kind",
    width: 90,
    sortable: false,
    from: 700,
    value: (row) => row.kind,
    render: (row) => (row.kind === "host" ? "node" : row.kind),
  },
  {
    id: "image",
    name: "Image",
    width: 200,
    sortable: false,
    from: 800,
    value: (row) => row.image,
    render: (row) => <code>{row.image}</code>,
  },
  {
    id: "exposure",
    name: "Exposure",
    width: 116,
    sortable: false,
    from: 580,
    value: () => null,
    render: (row) => <Marks of={exposureOf(row)} />,
  },
];

const shown = 10;

function Worst() {
  const pages = usePages<Asset>(["assets"], "/assets", { sort: "score", trail: true }, { first: shown });
  return (
    <section aria-labelledby="overview-worst" className="overview-worst">
      <h2 id="overview-worst">Worst first</h2>
      <Answer of={pages} what="the worst assets">
        {(data) => (
          <List
            plain
            name="worst"
            label="The worst assets"
            rows={(data.pages[0]?.items ?? []).slice(0, shown)}
            keyOf={(row) => row.id}
            columns={columns}
            sort={{ column: "score", down: true }}
            open={(row) => ({ kind: "asset", id: row.id })}
            empty={<p className="quiet">Nothing yet.</p>}
          />
        )}
      </Answer>
      <p>
        <a href="/containers" onClick={follow}>
          All containers
        </a>
      </p>
    </section>
  );
}
