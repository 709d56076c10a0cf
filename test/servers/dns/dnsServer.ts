import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { freePort } from '../freePort.ts';
import { createZone, type Zone } from './zone.ts';

/** A name server of this process (RFC 1035), over UDP and TCP, for names that it was told. */
export type DnsServer = Omit<Zone, 'answer'> & { readonly port: number; stop(): Promise<void> };

/** Starts a name server on 127.0.0.1. */
export const startDnsServer = async (): Promise<DnsServer> => {
  const { answer, ...zone } = createZone();
  const sockets = new Set<Socket>();
  const udp = createSocket('udp4', (message, { port, address }) =>
    answer(message, true, (bytes) => udp.send(bytes, port, address)),
  );
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    serve(socket, answer);
  });
  const port = await freePort();
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  tcp.listen(port, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    ...zone,
    port,
    stop: async () => {
      udp.close();
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

/** Over TCP each message comes behind its length (RFC 1035 section 4.2.2). */
const serve = (socket: Socket, answer: Zone['answer']): void => {
  const send = (bytes: Buffer): void => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    socket.write(Buffer.concat([length, bytes]));
  };
  let heard = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    heard = Buffer.concat([heard, bytes]);
    while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
      const end = 2 + heard.readUInt16BE(0);
      answer(heard.subarray(2, end), false, send);
      heard = heard.subarray(end);
    }
  });
};
