import { join } from 'node:path';
import { FILE, fileText, imaps, jmap, page, smtps, srv, web } from '../app/discovery/setup.ts';
import { type Host, startHost } from '../support/host.ts';
import { type SmallInternet, startSmallInternet } from '../support/smallInternet.ts';
import { percentile, report, timed } from './figure.ts';

const ROUNDS = 30;
const WARM = 3;

/** How long the servers for an address take to be found: where a domain is well set up, and where nothing ever answers. */
export const discoveryFigures = async (): Promise<boolean> => {
  const net = await startSmallInternet(['well.test', 'mail.well.test', 'autoconfig.well.test']);
  await setUp(net);
  const host = startHost({
    env: {
      TERN_TEST_DNS: String(net.dns.port),
      TERN_TEST_PORTS: `443:${net.portOf('pages')},993:${net.portOf('imaps')},465:${net.portOf('smtps')}`,
      NODE_EXTRA_CA_CERTS: join(net.folder, 'ca.pem'),
    },
  });
  try {
    return [await wellFigure(host), await worstFigure(host)].every(Boolean);
  } finally {
    await host.end();
    await net.stop();
  }
};

const setUp = async (net: SmallInternet): Promise<void> => {
  const entries = [
    { type: 'imap', host: 'mail.well.test', port: 993 },
    { type: 'smtp', host: 'mail.well.test', port: 465 },
  ];
  await net.host('well.test', [jmap()]);
  await net.host('mail.well.test', [imaps, smtps]);
  await net.host('autoconfig.well.test', [web({ [FILE]: page(fileText(entries)) })]);
  net.dns.add(
    srv('_imaps', 'well.test', 'mail.well.test', 993),
    srv('_submissions', 'well.test', 'mail.well.test', 465),
  );
  net.dns.decide('mute.test', 'hang');
};

const wellFigure = async (host: Host): Promise<boolean> => {
  const times: number[] = [];
  for (let round = 0; round < WARM + ROUNDS; round++) {
    const { ms, value } = await timed(() => host.call('accounts.discover', null, { email: `a${round}@well.test` }));
    if (value.candidates.length !== 2) throw new Error(`found ${value.candidates.length}, not 2`);
    if (round >= WARM) times.push(ms);
  }
  return report({
    name: 'discovery.well.p95',
    value: percentile(times, 95),
    unit: 'ms',
    limit: 300,
    detail: { median: Math.round(percentile(times, 50)), rounds: ROUNDS },
  });
};

const worstFigure = async (host: Host): Promise<boolean> => {
  const { ms } = await timed(() => host.call('accounts.discover', null, { email: 'alice@mute.test' }));
  return report({ name: 'discovery.mute', value: ms / 1000, unit: 's until every limit has run out', limit: 10.2 });
};
