// Who is told what: receivers, streams of events, reports by the clock. All are described in the settings file of the
// service, which the page reads and never writes; secrets stand in files of their own and are not shown.
import { useMay } from "../../frame/me";
import { Receivers } from "./receivers";
import { Recipe } from "./recipe";
import { Schedules } from "./schedules";

export function NotificationSettings() {
  const admin = useMay("admin");
  return (
    <>
      <section className="block">
        <h2>Notifications</h2>
        <p className="quiet">
          What leaves this machine on purpose: messages, events, reports. Without a receiver, nothing does.
        </p>
        {admin ? <Receivers /> : <p>Where they go is shown to admins alone.</p>}
      </section>
      <section className="block">
        <h2>Reports by the clock</h2>
        <Schedules />
      </section>
      {admin && <Recipe />}
    </>
  );
}
