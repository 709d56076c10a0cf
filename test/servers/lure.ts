import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** What a lure says to a line: bytes as they are; null: it hangs up. */
export type Bait = (line: string) => string | null;

/** A server in plain text that would take whatever a client lets it have: what one in between can be at best. */
export type Lure = { readonly port: number; readonly heard: readonly string[] };

/** Says over a socket what the bait says, line by line, and notes what it hears. */
export const converse = (socket: Socket, greeting: string, bait: Bait, heard: string[]): void => {
  socket.on('error', () => undefined);
  if (greeting !== '') socket.write(greeting);
  let rest = '';
  socket.on('data', (bytes: Buffer) => {
    // A handshake begins: whoever speaks first knows nothing of that, and says so.
    if (bytes[0] === 0x16 && rest === '' && greeting !== '') return void socket.write('* BAD 500 What?\r\n');
    const lines = (rest + bytes.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      heard.push(line);
      const said = bait(line);
      if (said === null) socket.destroy();
      else if (socket.writable) socket.write(Buffer.from(said, 'latin1'));
    }
  });
};

/** Starts a lure that ends with the test. */
export const startLure = async (t: TestContext, greeting: string, bait: Bait): Promise<Lure> => {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, greeting, bait, heard);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port: (server.address() as AddressInfo).port, heard };
};
