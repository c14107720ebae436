// The stream of events: one connection for all tabs of this browser (the tab that holds the lock passes them on, as
// browsers open six connections to a server at most), resumed after the last event that was seen.
import { tellSignedOut } from "../api/client";
import type { JournalEvent, Progress } from "../api/types";
import { Frames } from "./sse";

export type Connection =
  | { state: "connecting"; since: number }
  | { state: "live"; since: number }
  | { state: "lost"; since: number; why: string };

const silence = 45_000; // the server says something every 15 s
const pauses = [500, 1000, 2000, 4000, 8000, 15_000];
const channelName = "plimsoll-live";

type Note = { event: JournalEvent } | { progress: Progress } | { connection: Connection } | { ask: true };

export class Live {
  private connection: Connection = { state: "connecting", since: Date.now() };
  private last = 0; // sequence
  private readonly hearers = new Set<(event: JournalEvent) => void>();
  private readonly followers = new Set<(progress: Progress) => void>();
  private readonly watchers = new Set<() => void>();
  private readonly stop = new AbortController();
  private readonly channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(channelName);
  private leads = false;

  constructor() {
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Note>) => {
      if ("ask" in data) {
        if (this.leads) this.channel?.postMessage({ connection: this.connection } satisfies Note);
      } else if ("event" in data) this.hear(data.event);
      else if ("progress" in data) this.tellProgress(data.progress);
      else if (!this.leads) this.become(data.connection);
    });
    if (this.channel && navigator.locks) {
      this.channel.postMessage({ ask: true } satisfies Note);
      navigator.locks
        .request(channelName, { signal: this.stop.signal }, async () => {
          this.leads = true;
          await this.follow();
        })
        .catch(() => {}); // closed before it was our turn
    } else {
      this.leads = true;
      void this.follow();
    }
  }

  close() {
    this.stop.abort();
    this.channel?.close();
  }

  getConnection = () => this.connection;
  onConnection = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
    };
  };
  onEvent = (hearer: (event: JournalEvent) => void) => {
    this.hearers.add(hearer);
    return () => {
      this.hearers.delete(hearer);
    };
  };
  // What a scan or an update of the database does at this moment; not kept in the journal.
  onProgress = (follower: (progress: Progress) => void) => {
    this.followers.add(follower);
    return () => {
      this.followers.delete(follower);
    };
  };
  // Where the stream goes on from when it was not open yet.
  startAfter(sequence: number) {
    this.last = Math.max(this.last, sequence);
  }

  private become(connection: Connection) {
    const same = this.connection.state === connection.state;
    if (same && connection.state !== "lost") return;
    // Lost since the first failure, not the latest.
    this.connection = same ? { ...connection, since: this.connection.since } : connection;
    for (const watcher of this.watchers) watcher();
    if (this.leads) this.channel?.postMessage({ connection: this.connection } satisfies Note);
  }

  private hear(event: JournalEvent) {
    if (event.sequence <= this.last) return;
    this.last = event.sequence;
    for (const hearer of this.hearers) hearer(event);
  }

  private tellProgress(progress: Progress) {
    for (const follower of this.followers) follower(progress);
  }

  private async follow() {
    for (let failures = 0; !this.stop.signal.aborted; ) {
      const opened = await this.once().catch((failure: unknown) => String((failure as Error)?.message ?? failure));
      if (this.stop.signal.aborted) return;
      failures = opened === "" ? 0 : failures + 1;
      this.become({ state: "lost", since: Date.now(), why: opened || "the connection ended" });
      await sleep(pauses[Math.min(failures, pauses.length - 1)]!, this.stop.signal);
    }
  }

  // One connection until it ends. "" when it had been open.
  private async once(): Promise<string> {
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.stop.signal]);
    let quiet = setTimeout(() => end.abort(), silence);
    try {
      const answer = await fetch(`/api/v1/events/stream${this.last > 0 ? `?after=${this.last}` : ""}`, {
        credentials: "same-origin",
        headers: { Accept: "text/event-stream" },
        signal,
      });
      if (answer.status === 401) {
        tellSignedOut();
        return "signed out";
      }
      if (!answer.ok || !answer.body) return `the service answers ${answer.status}`;
      this.become({ state: "live", since: Date.now() });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const frames = new Frames();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "";
        clearTimeout(quiet);
        quiet = setTimeout(() => end.abort(), silence);
        for (const frame of frames.push(value)) this.take(frame.event, frame.data);
      }
    } catch (failure) {
      if (this.connection.state === "live") return "";
      throw failure;
    } finally {
      clearTimeout(quiet);
      end.abort();
    }
  }

  private take(kind: string, data: string) {
    try {
      if (kind === "progress") {
        const progress = JSON.parse(data) as Progress;
        this.tellProgress(progress);
        this.channel?.postMessage({ progress } satisfies Note);
        return;
      }
      const event = JSON.parse(data) as JournalEvent;
      if (typeof event.sequence !== "number" || typeof event.kind !== "string") return;
      this.hear(event);
      this.channel?.postMessage({ event } satisfies Note);
    } catch {
      // Not JSON: nothing that we could show.
    }
  }
}

const sleep = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
