// One asset with all that is known of it, in tabs; each tab asks for its own part only.
import { useMakeUp } from "../../api/queries";
import type { MakeUp } from "../../api/types";
import { exposureOf, Marks } from "../../parts/asset_bits";
import { Badge } from "../../parts/badge";
import { Code } from "../../parts/copy";
import { Drawer, Tabs } from "../../parts/drawer";
import { count, shortId } from "../../parts/format";
import { Answer } from "../../parts/states";
import { Time } from "../../parts/time";
import { UnderLinks } from "../../parts/under";
import { Benchmark } from "../nodes/benchmark";
import { Checks } from "./checks";
import { ConfigurationTab } from "./configuration";
import { ContainersOf } from "./containers_of";
import { Flows } from "./flows";
import { HistoryTab } from "./history";
import { Packages } from "./packages";
import { Processes } from "./processes";
import { RescanButton } from "./rescan";
import { Threats } from "./threats";
import { Why } from "./why";

export default function AssetDrawer({ id }: { id: string }) {
  const makeUp = useMakeUp(id);
  const row = makeUp.data?.asset;
  return (
    <Drawer
      title={row?.name ?? "Asset"}
      mark={row && <Badge size={32} score={row.score} level={row.level} partly={row.not_assessed > 0} />}
    >
      <Answer of={makeUp} what="this asset">
        {(data) => <Loaded id={id} data={data} />}
      </Answer>
    </Drawer>
  );
}

function Loaded({ id, data }: { id: string; data: MakeUp }) {
  const { asset } = data;
  const { counts } = asset;
  const threats = counts.critical + counts.high + counts.medium + counts.low + counts.unknown;
  const host = asset.kind === "host";
  const why = { id: "why", name: "Why", body: () => <Why data={data} /> };
  const threatsTab = { id: "threats", name: "Threats", count: count(threats), body: () => <Threats asset={asset} /> };
  const packages = { id: "packages", name: "Packages", body: () => <Packages id={id} name={asset.name} /> };
  const history = { id: "history", name: "History", body: () => <HistoryTab id={id} /> };
  const network = { id: "network", name: "Network", body: () => <Flows id={id} /> };
  const configuration = { id: "configuration", name: "Configuration", body: () => <ConfigurationTab id={id} /> };
  const tabs = host
    ? [
        why,
        { id: "benchmark", name: "Benchmark", body: () => <Benchmark id={id} name={asset.name} /> },
        threatsTab,
        packages,
        { id: "containers", name: "Containers", body: () => <ContainersOf node={asset.node} /> },
        network,
        configuration,
        history,
      ]
    : [
        why,
        threatsTab,
        { id: "checks", name: "Checks", body: () => <Checks id={id} name={asset.name} /> },
        packages,
        network,
        configuration,
        { id: "processes", name: "Processes", body: () => <Processes id={id} /> },
        history,
      ];
  return (
    <>
      <div className="drawer-sub">
        <span>
          <span className={`word level-${asset.level}`}>{asset.level}</span>
          {asset.gone_at ? (
            <>
              {" "}
              · gone <Time at={asset.gone_at} />
            </>
          ) : (
            ` · ${asset.status || "status unknown"}`
          )}
        </span>
        {asset.image && <Code text={asset.image} show={shortId(asset.image)} />}
        <span>{[asset.os, !host && `on ${asset.node}`].filter(Boolean).join(" · ")}</span>
        <Marks of={exposureOf(asset)} />
        <UnderLinks of={asset.responses} />
        <span>
          scanned <Time at={asset.scanned_at} />
        </span>
        <RescanButton id={id} />
      </div>
      <Tabs label={`Details of ${asset.name}`} tabs={tabs} />
    </>
  );
}
