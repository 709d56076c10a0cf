import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import type { CallInput } from '../../src-shared/contract.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { type SmtpServer, startSmtpServer } from '../servers/smtpServer.ts';
import { type Host, startHost } from '../support/host.ts';
import { percentile, report } from './figure.ts';
import { workerMemory, workerPeak } from './memory.ts';
import { startServerProcess } from './serverProcess.ts';

const ROUNDS = 40;
const LARGE = 20 * 1024 * 1024;
const letter = { subject: 'Lunch', text: 'At noon?\n'.repeat(40) };
const bob = 'bob@example.test';

/** How long it takes until mail has left, against a bare client, and what a large attachment takes of memory, by SMTP and by JMAP. */
export const sendingFigures = async (): Promise<boolean | null> => {
  const jmap = await jmapMemory();
  const smtp = await smtpFigures();
  return smtp === null ? jmap : jmap && smtp;
};

const smtpFigures = async (): Promise<boolean | null> => {
  const missing = dovecotAvailable();
  if (missing !== null) {
    console.error(`SKIPPED sending: ${missing}`);
    return null;
  }
  const server = await startDovecot();
  const { credential } = server;
  const accounts = credential.type === 'password' ? { [credential.username]: credential.password } : {};
  const smtp = await startSmtpServer({ accounts, keep: false });
  const host = startHost();
  try {
    const config = { ...server.config, smtp: smtp.config } as CallInput<'accounts.add'>['config'];
    const email = 'alice@example.test';
    const { account } = await host.call('accounts.add', null, { email, config, credential });
    await host.call('sync.now', account.id, {});
    const tern = { host, account: account.id };
    return [await speed(tern, smtp, accounts), await memory('sending.memory', tern)].every(Boolean);
  } finally {
    await host.end();
    await smtp.stop();
    await server.stop();
  }
};

/** By a JMAP server in a process of its own, which is given the message before it sends it. */
const jmapMemory = async (): Promise<boolean> => {
  const server = await startServerProcess(10);
  const host = startHost();
  try {
    const { config, credential } = server;
    const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
    await host.call('sync.now', account.id, {});
    const tern = { host, account: account.id };
    return await memory('sending.memory.jmap', tern);
  } finally {
    await host.end();
    await server.stop();
  }
};

const done = async ({ host, account }: Tern, submission: string): Promise<void> => {
  for (;;) {
    const { submissions } = await host.call('submissions.list', account, {});
    if (submissions.some(({ id, state }) => id === submission && state === 'done')) return;
    await sleep(50);
  }
};

type Tern = { host: Host; account: string };

/** When the server accepts the next message, by this process's clock in ms. */
const accepted = (smtp: SmtpServer): Promise<number> =>
  new Promise((resolve) => {
    const { ledger } = smtp;
    const before = ledger.add.bind(ledger);
    ledger.add = (entry) => {
      ledger.add = before;
      before(entry);
      resolve(performance.now());
    };
  });

const saved = async ({ host, account }: Tern, draft: CallInput<'drafts.save'>): Promise<string> => {
  const { draft: id } = await host.call('drafts.save', account, draft);
  for (;;) {
    const { drafts } = await host.call('drafts.list', account, {});
    if (drafts.some((each) => each.draft === id && each.state === 'saved')) return id;
    await sleep(50);
  }
};

/** The same message by nodemailer and by Tern, one after the other, so that a slow moment hits both. */
const speed = async (tern: Tern, smtp: SmtpServer, accounts: Record<string, string>): Promise<boolean> => {
  const [user = '', pass = ''] = Object.entries(accounts)[0] ?? [];
  const { host, port } = smtp.config;
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const transport = createTransport({ host, port, secure: false, ignoreTLS: true, auth: { user, pass } });
    const bareAccepted = accepted(smtp);
    const bareBegan = performance.now();
    await transport.sendMail({ from: user, to: bob, ...letter });
    bare.push((await bareAccepted) - bareBegan);
    transport.close();
    const draft = await saved(tern, { to: [{ email: bob }], cc: [], bcc: [], ...letter });
    const ourAccepted = accepted(smtp);
    const ourBegan = performance.now();
    await tern.host.call('drafts.send', tern.account, { draft });
    ours.push((await ourAccepted) - ourBegan);
  }
  const median = (samples: number[]): number => percentile(samples, 50);
  return report({
    name: 'sending.overBare',
    value: median(ours) - median(bare),
    unit: 'ms',
    limit: 40,
    detail: { bareMs: median(bare), ternMs: median(ours), ternP95Ms: percentile(ours, 95), rounds: ROUNDS },
  });
};

const memory = async (name: string, tern: Tern): Promise<boolean> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-bench-'));
  const path = join(folder, 'film.bin');
  writeFileSync(path, randomBytes(LARGE));
  await sleep(5_000);
  const before = workerMemory(tern.host);
  const attachments = [{ name: 'film.bin', type: 'application/octet-stream', path }];
  const { draft } = await tern.host.call('drafts.save', tern.account, { to: [{ email: bob }], ...letter, attachments });
  const { submission } = await tern.host.call('drafts.send', tern.account, { draft });
  await done(tern, submission);
  await sleep(3_000);
  rmSync(folder, { recursive: true });
  return report({
    name,
    value: workerPeak(tern.host) - before,
    unit: 'MB',
    limit: 60,
    detail: { before, peak: workerPeak(tern.host), attachment: LARGE },
  });
};
