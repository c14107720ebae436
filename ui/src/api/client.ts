// The one place that talks to the server. Every failure is a Problem; who is signed out is told to whoever listens.

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: no answer came
    message: string,
    readonly retryAfter?: number, // seconds
  ) {
    super(message);
  }
  get unreachable() {
    return this.status === 0;
  }
}

let csrf = "";
export const keepCsrf = (value: string | null) => {
  csrf = value ?? "";
};

type Listener = () => void;
const signedOut = new Set<Listener>();
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}
export const tellSignedOut = () => {
  for (const listener of signedOut) listener();
};

export type Question = Record<string, string | number | boolean | string[] | undefined | null>;

// "/api/v1/assets" with its parameters; those that are empty are left out.
export function target(path: string, question: Question = {}): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    if (value === undefined || value === null || value === "" || value === false) continue;
    if (Array.isArray(value)) {
      if (value.length > 0) text.set(name, value.join(","));
    } else {
      text.set(name, String(value));
    }
  }
  const query = text.toString();
  return `/api/v1${path}${query ? `?${query}` : ""}`;
}

// A part of a path.
export const part = (text: string) => encodeURIComponent(text);

async function problemOf(answer: Response): Promise<Problem> {
  let message = answer.statusText || `status ${answer.status}`;
  try {
    const body = await answer.json();
    if (typeof body?.detail === "string") message = body.detail;
  } catch {
    // No JSON: the status says enough.
  }
  const wait = Number(answer.headers.get("Retry-After"));
  return new Problem(answer.status, message, Number.isFinite(wait) && wait > 0 ? wait : undefined);
}

const patience = 30_000; // milliseconds

async function send(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-Plimsoll-CSRF"] = csrf;
  const slow = AbortSignal.timeout(patience);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, slow]) : slow,
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(0, slow.aborted ? "the service did not answer within 30 s" : "the service cannot be reached");
  }
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (problem.status === 401 && !/\/(login|setup)$/.test(url)) tellSignedOut();
  throw problem;
}

export async function get<T>(path: string, question?: Question, signal?: AbortSignal): Promise<T> {
  return (await send("GET", target(path, question), undefined, signal)).json();
}

export async function change<T>(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const answer = await send(method, target(path), body);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
