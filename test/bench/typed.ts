import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { srv } from '../app/discovery/setup.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { startDnsServer } from '../servers/dns/dnsServer.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { mail } from '../window/browser/window.ts';
import { type Built, startWindowHost } from './built.ts';
import { percentile, report } from './figure.ts';

const ROUNDS = 7;
const MESSAGES = 200;
const ME = 'alice@well.test';
const HOST = 'mail.well.test';

/** A domain whose SRV records name the mail servers of this machine, which speak TLS only. */
const startDomain = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-bench-'));
  makeCertificate(folder, 'valid', [HOST]);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const tls = { security: 'tls', cert: read('cert.pem'), key: read('key.pem') } as const;
  const imap = await startImapServer({ tls, username: ME });
  const smtp = await startSmtpServer({ tls, accounts: { [ME]: 'secret' } });
  const dns = await startDnsServer();
  // Discovery goes to an address of the internet, which leads here.
  dns.add(
    { type: 'A', name: HOST, address: '11.0.0.1' },
    srv('_imaps', 'well.test', HOST, imap.port),
    srv('_submissions', 'well.test', HOST, smtp.config.port),
  );
  await imap.deliver(Array.from({ length: MESSAGES }, (_, n) => mail(`Number ${n + 1}.`)));
  return {
    env: {
      TERN_TEST_DNS: String(dns.port),
      TERN_TEST_PORTS: [imap.port, smtp.config.port].map((port) => `${port}:${port}`).join(),
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
    stop: async () => {
      await Promise.all([imap.stop(), smtp.stop(), dns.stop()]);
      rmSync(folder, { recursive: true });
    },
  };
};

/** From the end of typing an address to the newest mail in the list: servers found, tried, signed in to, the list read. */
export const typedFigure = async (built: Built, browser: Browser): Promise<boolean> => {
  const domain = await startDomain();
  try {
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const ms = await typed(built, browser, domain.env);
      // The first one compiles.
      if (round > 0) times.push(ms);
    }
    return report({
      name: 'window.typed',
      value: percentile(times, 50) / 1000,
      unit: 's from an address typed to the first mail listed (median)',
      limit: 3,
      detail: { slowest: Number((Math.max(...times) / 1000).toPrecision(3)), rounds: ROUNDS },
    });
  } finally {
    await domain.stop();
  }
};

const typed = async (built: Built, browser: Browser, env: Record<string, string>): Promise<number> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-bench-'));
  const host = await startWindowHost(built, dataDir, env);
  const page = await browser.newPage();
  try {
    await page.goto(host.url);
    await page.getByLabel('Email address').waitFor();
    await page.keyboard.type(ME);
    const before = performance.now();
    await page.keyboard.press('Enter');
    await page.locator('button:focus', { hasText: 'Use these' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('input[type=password]:focus').waitFor();
    await page.keyboard.insertText('secret');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Start reading' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#list .row', { hasText: `Number ${MESSAGES}.` }).waitFor();
    return performance.now() - before;
  } finally {
    await page.close();
    await host.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
};
