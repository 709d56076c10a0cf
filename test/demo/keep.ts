import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Stage } from './stage.ts';

const idOf = (line: string): string | number | null => {
  try {
    const { id } = JSON.parse(line) as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
};

const explain = ({ screen, server, host }: Stage, account: string): void => {
  const { paint } = screen;
  const line = (text?: string): void => screen.line(text);
  const { credential } = server;
  const password = credential.type === 'password' ? credential.password : '';
  const user = credential.type === 'password' ? credential.username : '';
  line();
  line(`${paint.head('Still running')}  ${paint.dim('until Ctrl-C')}`);
  line(`   session    ${server.sessionUrl}`);
  line(`   user       ${user}, password ${password}`);
  line(`   data       ${host.dataDir}, deleted at the end`);
  line(`   account    ${account}`);
  line();
  line('   The server answers JMAP:');
  line(`     curl -u ${user}:${password} ${server.sessionUrl}`);
  line('   The host answers calls of docs/contract.md that you type or paste here, one JSON object on a line:');
  line(`     {"id":1,"call":"emails.list","account":"${account}","input":{"role":"inbox","limit":2}}`);
  line();
};

/** Explains how to talk to server and host, and passes typed lines on to the host until `signal` aborts. */
export const keepRunning = async (stage: Stage, account: string, signal: AbortSignal): Promise<void> => {
  const { screen, host } = stage;
  explain(stage, account);
  const input = createInterface({ input: process.stdin });
  const ask = async (line: string): Promise<void> => {
    try {
      screen.line(JSON.stringify(await host.raw(line, idOf(line))));
    } catch (error) {
      screen.line(error instanceof Error ? error.message : String(error));
    }
  };
  input.on('line', (line) => {
    if (line.trim() !== '') void ask(line);
  });
  if (!signal.aborted) await once(signal, 'abort');
  input.close();
};
