// What stands between the page and the service in the tests of faults: it passes everything on, and on demand refuses,
// delays, answers by itself, or adds events to the stream.
import http from "node:http";

export class FaultyProxy {
  static async start(service) {
    const proxy = new FaultyProxy();
    proxy.service = service;
    proxy.away = false; // true: as if nobody listened
    proxy.delays = []; // [{path: RegExp, milliseconds}]
    proxy.answers = []; // [{path: RegExp, status, body}]
    proxy.asked = []; // paths, in the order they came
    proxy.streams = new Set();
    proxy.server = http.createServer((request, response) => proxy.take(request, response));
    await new Promise((done) => proxy.server.listen(0, "127.0.0.1", done));
    proxy.address = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  // Everything that is open is cut, and what comes is refused, until back().
  leave() {
    this.away = true;
    this.server.closeAllConnections();
  }

  back() {
    this.away = false;
  }

  // An event as the service would send it, into every open stream.
  send(event) {
    for (const stream of this.streams) stream.write(`id: ${event.sequence}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  async end() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  async take(request, response) {
    if (this.away) return request.socket.destroy();
    this.asked.push(request.url);
    const own = this.answers.find(({ path }) => path.test(request.url));
    if (own) {
      response.writeHead(own.status ?? 200, { "Content-Type": own.status >= 400 ? "application/problem+json" : "application/json" });
      return response.end(JSON.stringify(own.body));
    }
    const delay = this.delays.find(({ path }) => path.test(request.url));
    if (delay) await new Promise((done) => setTimeout(done, delay.milliseconds));
    this.pass(request, response);
  }

  pass(request, response) {
    const stream = request.url.startsWith("/api/v1/events/stream");
    const { port } = this.service;
    const onward = http.request({ host: "127.0.0.1", port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (stream) this.streams.add(response);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => {
      this.streams.delete(response);
      onward.destroy();
    });
    request.pipe(onward);
  }
}
