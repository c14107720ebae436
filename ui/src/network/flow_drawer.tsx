// What two ends say to each other (?open=flow/FROM > TO): of single assets, or of all members of two groups.
import { useMemo } from "react";
import { follow, openAddress } from "../parts/address";
import { Badge } from "../parts/badge";
import { Drawer } from "../parts/drawer";
import { bytes, count, plural, traffic } from "../parts/format";
import { Answer, Empty } from "../parts/states";
import { Time } from "../parts/time";
import { useGraph, useMoment } from "./graph_query";
import { isIn, nameOfKey } from "./grouping";
import { addressOf, type Graph, outside } from "./model";
import { type ArrowRow, type End, rowsOf } from "./rows";

export default function FlowDrawer({ id }: { id: string }) {
  const graph = useGraph(useMoment());
  const [from = "", to = ""] = id.split(" > ");
  return (
    <Drawer title={`${nameOf(from, graph.data)} → ${nameOf(to, graph.data)}`}>
      <section className="drawer-body" aria-label="Connections between the two">
        <Answer of={graph} what="the connections">
          {(data) => <Between graph={data} from={from} to={to} />}
        </Answer>
      </section>
    </Drawer>
  );
}

function nameOf(end: string, graph: Graph | undefined): string {
  if (end === outside) return "Outside";
  return graph?.nodes.find((asset) => asset.id === end)?.name ?? nameOfKey(end) ?? addressOf(end);
}

function Between({ graph, from, to }: { graph: Graph; from: string; to: string }) {
  const rows = useMemo(
    () => rowsOf(graph).filter((row) => isEnd(row.from, from) && isEnd(row.to, to)),
    [graph, from, to],
  );
  if (rows.length === 0)
    return (
      <Empty title="Nothing was said between the two in this time.">Choose a longer time below the picture.</Empty>
    );
  const detections = [...new Set(rows.flatMap((row) => row.detections))];
  const sum = (of: (row: ArrowRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const single = new Set(rows.map((row) => `${row.from.id} ${row.to.id}`)).size === 1;
  return (
    <>
      <p>
        {sum((row) => row.bytes) > 0 ? `${bytes(sum((row) => row.bytes))} counted in` : "No traffic counted in"}{" "}
        {plural(
          sum((row) => row.connections),
          "connection",
        )}
        {rows.some((row) => row.seen) ? "" : ": possible by their networks and open ports, but none was seen"}.
      </p>
      {single && (
        <p className="net-ends">
          <EndLink end={rows[0]!.from} /> → <EndLink end={rows[0]!.to} />
        </p>
      )}
      {detections.length > 0 && (
        <section>
          <h3>Detected</h3>
          <ul className="net-detections">
            {detections.map((each) => (
              <li key={`${each.detector} ${each.from} ${each.to}`}>
                <b>{each.title}</b> <span className="quiet">{each.severity}</span>
                <p>{each.evidence}</p>
                <p className="quiet">
                  {each.count} times, last <Time at={each.last_seen} />
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>What was said</h3>
        <table className="net-said">
          <thead>
            <tr>
              {!single && <th scope="col">From</th>}
              {!single && <th scope="col">To</th>}
              <th scope="col">Protocol</th>
              <th scope="col" className="right">
                Traffic
              </th>
              <th scope="col" className="right">
                Connections
              </th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 200).map((row) => (
              <tr key={row.id}>
                {!single && (
                  <td>
                    <EndLink end={row.from} />
                  </td>
                )}
                {!single && (
                  <td>
                    <EndLink end={row.to} />
                  </td>
                )}
                <td>{row.protocol}</td>
                <td className="right">{row.seen ? traffic(row.bytes) : ""}</td>
                <td className="right">{row.seen ? count(row.connections) : "possible"}</td>
                <td>{row.last ? <Time at={row.last} /> : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > 200 && <p className="quiet">{rows.length - 200} more are in the table below the picture.</p>}
      </section>
    </>
  );
}

const isEnd = (end: End, wanted: string): boolean =>
  end.id === wanted || (end.asset ? isIn(end.asset, wanted) : wanted === "addresses" && end.id !== outside);

function EndLink({ end }: { end: End }) {
  if (!end.asset) return <span>{end.name}</span>;
  return (
    <a className="net-end" href={openAddress({ kind: "asset", id: end.id })} onClick={follow}>
      <Badge size={20} score={end.asset.score} level={end.asset.level} partly={end.asset.not_assessed > 0} />
      <span>{end.name}</span>
    </a>
  );
}
