// One thing to do: how, where, and what it brings.
import { useFixes } from "../../api/queries";
import type { Fix } from "../../api/types";
import { follow, openAddress } from "../../parts/address";
import { Drawer } from "../../parts/drawer";
import { Falls } from "../../parts/falls";
import { fixTitle } from "../../parts/fix_title";
import { plural } from "../../parts/format";
import { Remedy } from "../../parts/remedy";
import { Answer, Empty } from "../../parts/states";

const most = 50;

export default function FixDrawer({ id }: { id: string }) {
  const fixes = useFixes({ limit: most });
  const found = fixes.data?.items.find((fix) => fix.id === id);
  return (
    <Drawer title={found ? fixTitle(found) : "What to do"}>
      <div className="drawer-body">
        <Answer of={fixes} what="what to do">
          {() => (found ? <Plan fix={found} /> : <Empty title="It is done, or others come before it now." />)}
        </Answer>
      </div>
    </Drawer>
  );
}

function Plan({ fix }: { fix: Fix }) {
  return (
    <div className="drawer-pad">
      <section aria-labelledby="fix-how">
        <h3 id="fix-how">How</h3>
        {fix.remedy ? <Remedy text={fix.remedy} /> : <p>{fix.title}.</p>}
      </section>
      <section aria-labelledby="fix-falls">
        <h3 id="fix-falls">
          What it brings: {fix.total_fall} points on {plural(fix.falls.length, "asset")}
        </h3>
        <Falls of={fix.falls} />
      </section>
      {fix.removes.length > 0 && (
        <section aria-labelledby="fix-removes">
          <h3 id="fix-removes">Removes {plural(fix.removes.length, "threat")}</h3>
          <ul className="ids">
            {fix.removes.map((threat) => (
              <li key={threat}>
                <a href={openAddress({ kind: "threat", id: threat })} onClick={follow}>
                  <code>{threat}</code>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
