import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { World } from './world.ts';

/** A web server that only does what a test says, and what it was asked. */
export type Stub = {
  /** Where it listens, by number and by name. */
  url: string;
  localhost: string;
  seen: { path: string; authorization: string | null }[];
};

const noted = ({ url, headers }: IncomingMessage): Stub['seen'][number] => ({
  path: url ?? '',
  authorization: headers.authorization ?? null,
});

/** Starts a stub that ends with the world; `make` makes another kind of server than plain HTTP. */
export const startStub = async (
  w: Pick<World, 'onEnd'>,
  answer: RequestListener,
  make: (listener: RequestListener) => Server = createServer,
): Promise<Stub> => {
  const seen: Stub['seen'] = [];
  const server = make((request, response) => {
    seen.push(noted(request));
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  w.onEnd(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, localhost: `http://localhost:${port}`, seen };
};
