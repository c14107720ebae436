// A fault of one view leaves the rest of the page alone, and is told.
import { Component, type ReactNode, useEffect } from "react";
import { isMissingPart } from "../parts/later";

export class Boundary extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state = { fault: null as Error | null };
  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }
  override render() {
    if (!this.state.fault) return this.props.children;
    if (isMissingPart(this.state.fault)) return <Missing />;
    return (
      <div className="state state-failed" role="alert">
        <p className="state-title">This part of the page has a fault.</p>
        <p>{this.state.fault.message}</p>
        <button type="button" className="button" onClick={() => this.setState({ fault: null })}>
          Try again
        </button>{" "}
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load the page anew
        </button>
      </div>
    );
  }
}

const every = 2000; // milliseconds

// A part that did not come is not asked for again by the browser: the page is loaded anew, at the same address, as soon as
// the service answers.
function Missing() {
  useEffect(() => {
    const timer = setInterval(async () => {
      const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
      if (answer?.ok) window.location.reload();
    }, every);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="state state-failed" role="alert">
      <p className="state-title">The service cannot be reached, and this part of the page was not loaded yet.</p>
      <p>It is shown as soon as the service answers again.</p>
    </div>
  );
}
