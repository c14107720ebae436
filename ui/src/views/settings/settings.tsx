// People, tokens, the threat database, exceptions, networks, who is told what, and what the service is.
import { Suspense } from "react";
import { useMay } from "../../frame/me";
import { follow, useAddress } from "../../parts/address";
import { Empty } from "../../parts/states";
import { About } from "./about";
import { Account } from "./account";
import { DatabaseSettings } from "./database";
import { ExceptionSettings } from "./exceptions";
import { NetworkSettings } from "./networks";
import { NotificationSettings } from "./notifications";
import { People } from "./people";
import { Tokens } from "./tokens";

const sections = [
  { id: "database", name: "Threat database", body: DatabaseSettings },
  { id: "exceptions", name: "Exceptions", body: ExceptionSettings },
  { id: "networks", name: "Networks inside", body: NetworkSettings },
  { id: "notifications", name: "Notifications", body: NotificationSettings },
  { id: "people", name: "People", body: People, admin: true },
  { id: "tokens", name: "API tokens", body: Tokens },
  { id: "account", name: "My account", body: Account },
  { id: "about", name: "About", body: About },
];

export default function Settings() {
  const { path } = useAddress();
  const admin = useMay("admin");
  const asked = path.split("/")[2] ?? sections[0]!.id;
  const allowed = sections.filter((section) => admin || !section.admin);
  const section = allowed.find((each) => each.id === asked);
  return (
    <div className="settings">
      <h1 className="unseen">Settings</h1>
      <nav className="settings-nav" aria-label="Settings">
        {allowed.map((each) => (
          <a
            key={each.id}
            href={`/settings/${each.id}`}
            aria-current={each === section ? "page" : undefined}
            onClick={follow}
          >
            {each.name}
          </a>
        ))}
      </nav>
      <div className="settings-body">
        <Suspense>
          {section ? <section.body /> : <Empty title="There is no such setting, or it is an admin's." />}
        </Suspense>
      </div>
    </div>
  );
}
