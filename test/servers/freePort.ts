import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system hands out itself, and elsewhere for each process that starts servers,
// so that nobody takes a port between its choice and its use.
const [firstPort, ports] = [20_000, 12_000];
let nextPort = (process.pid * 16) % ports;

/** A port nobody listens on, for a server that must be told which one to take. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = firstPort + nextPort;
    nextPort = (nextPort + 1) % ports;
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch {
      // Taken: try the next one.
    } finally {
      server.close();
    }
  }
};
