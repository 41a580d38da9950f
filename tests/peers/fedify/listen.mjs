// Serves a function from Request to Response on the loopback interface.

import { createServer } from "node:http";

export const HOST = "127.0.0.1";

export function listen(port, handle) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks = await Array.fromAsync(incoming);
    const request = new Request(new URL(incoming.url, `http://${incoming.headers.host}`), {
      method: incoming.method, headers: incoming.headers,
      body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
    });
    const response = await handle(request).catch((error) => {
      console.error("error", "peer.listen", error);
      return new Response("", { status: 500 });
    });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  return new Promise((resolve) => server.listen(port, HOST, () => resolve(server.address().port)));
}
