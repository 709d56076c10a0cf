import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TernError } from '../../../src-shared/errors.ts';
import { settle } from '../../support/clock.ts';
import { until } from '../../support/processes.ts';
import { type SmallInternet, startSmallInternet } from '../../support/smallInternet.ts';
import { begin, outlast, type Run, run, saidBy } from './rig.ts';
import { FILE, fileText, imaps, jmap, mailHosts, mx, page, smtps, srv, to, web, worded } from './setup.ts';

const TOTAL_MS = 10_000;
const hosts = ['mail', 'autoconfig', 'imap', 'smtp', 'jmap'];
const domains = [
  'ok',
  'hang',
  'slow',
  'late',
  'circle',
  'big',
  'drip',
  'head',
  'noise',
  'inject',
  'gone',
  'pin',
  'patience',
];
const trusted = domains.flatMap((domain) => [`${domain}.test`, ...hosts.map((host) => `${host}.${domain}.test`)]);

const bothSrv = (domain: string, host = `mail.${domain}`) => [
  srv('_imaps', domain, host, 993),
  srv('_submissions', domain, host, 465),
];
/** Takes a connection, and says nothing. */
const silent = (port: number) => ({ port, tls: false, greeting: '', bait: () => '' });

describe('a network that misbehaves', () => {
  let net: SmallInternet;
  before(async () => {
    net = await startSmallInternet(trusted);
  });
  after(() => net.stop());

  const inTime = ({ ms, answer }: Run): void => {
    assert.ok(ms <= TOTAL_MS, `${ms} ms`);
    assert.deepEqual(
      answer.probes.filter(({ state, reason }) => state === 'looking' || (state !== 'found' && !reason)),
      [],
    );
  };
  const words = ({ answer }: Run): string[] => answer.candidates.map(worded);

  it('whose name servers never answer', async () => {
    net.dns.decide('mute.test', 'hang');
    const result = await run(net, 'alice@mute.test');
    inTime(result);
    const { probes } = result.answer;
    assert.deepEqual(result.answer.candidates, []);
    for (const { source, state, reason } of probes)
      if (source !== 'table' && source !== 'guess')
        assert.deepEqual([state, reason], ['late', 'took too long'], source);
    assert.equal(
      saidBy(result, 'guess mute.test'),
      'nothing no IMAP server answers under the usual names of mute.test',
    );
  });

  it('whose name servers answer garbage, or that they cannot', async () => {
    net.dns.decide('garbage.test', 'garbage');
    net.dns.decide('broken.test', 'servfail');
    const broken = await run(net, 'alice@broken.test');
    assert.match(saidBy(broken, 'srv _jmap._tcp.broken.test'), /^failed the domain name system does not answer/);
    assert.match(saidBy(broken, 'mx broken.test'), /^failed the domain name system does not answer/);
    const garbage = await run(net, 'alice@garbage.test');
    inTime(garbage);
    assert.deepEqual(garbage.answer.candidates, []);
    assert.match(saidBy(garbage, 'srv _jmap._tcp.garbage.test'), /^(?:late|failed) /);
  });

  it('where every host takes connections and says nothing', async () => {
    const everything = [443, 993, 143, 465, 587].map(silent);
    await net.host('hang.test', everything);
    for (const host of hosts) await net.host(`${host}.hang.test`, everything);
    net.dns.add(...bothSrv('hang.test'), srv('_jmap', 'hang.test', 'jmap.hang.test', 443));
    const result = await run(net, 'alice@hang.test');
    inTime(result);
    assert.deepEqual(words(result), ['srv mail.hang.test:993 + mail.hang.test:465 as alice@hang.test by password']);
    assert.equal(saidBy(result, 'srv _imaps._tcp.hang.test'), 'found took too long');
    for (const name of [
      'srv _jmap._tcp.hang.test',
      'wellKnown https://hang.test/.well-known/jmap',
      'autoconfig https://autoconfig.hang.test/mail/config-v1.1.xml',
    ])
      assert.equal(saidBy(result, name), 'late took too long');
  });

  it('where one source hangs: the others are told meanwhile, and answered', async () => {
    await net.host('autoconfig.slow.test', [silent(443)]);
    await net.host('slow.test', [jmap()]);
    const told: { candidates: unknown[] }[] = [];
    const { clock, result } = begin(net, 'alice@slow.test', undefined, (data) => told.push(data as (typeof told)[0]));
    await until('a candidate', () => told.at(-1)?.candidates.length === 1);
    assert.equal(clock.monotonic(), 0);
    const { value, ms } = await outlast(clock, result);
    assert.deepEqual(value.candidates.map(worded), [
      'wellKnown https://slow.test/.well-known/jmap as alice@slow.test by password',
    ]);
    assert.ok(ms <= 5_500, `${ms} ms`);
  });

  it('where whoever takes the mail hangs after everything else did', async () => {
    net.dns.add(mx('late.test', 'mx.hang.test'));
    const result = await run(net, 'alice@late.test');
    inTime(result);
    assert.match(saidBy(result, 'mx https://autoconfig.hang.test/mail/config-v1.1.xml'), /^late /);
  });

  it('where everything hangs, and whoever takes the mail does after a while: the guesses still have their turn', async () => {
    net.dns.add(mx('worst.test', 'mx.hang.test'));
    await net.host('worst.test', [443, 993, 143, 465, 587].map(silent));
    await net.host('mail.worst.test', [993, 143, 465, 587].map(silent));
    await net.host('jmap.worst.test', [silent(443)]);
    const result = await run(net, 'alice@worst.test');
    inTime(result);
    assert.ok(result.ms > 9_000, `${result.ms} ms`);
    assert.equal(saidBy(result, 'guess https://jmap.worst.test/.well-known/jmap'), 'late took too long');
    assert.match(saidBy(result, 'guess worst.test'), /^nothing no IMAP server answers/);
  });

  it('where the sources take long one after the other: what answers is guessed all the same', async () => {
    net.dns.decide('patience.test', 'hang');
    net.dns.add(mx('patience.test', 'mx.hang.test'));
    await net.host('mail.patience.test', [imaps, smtps]);
    const { clock, result } = begin(net, 'alice@patience.test');
    await settle(40);
    await clock.advance(4_000);
    net.dns.release('patience.test');
    const { value, ms } = await outlast(clock, result);
    const found = 'guess mail.patience.test:993 + mail.patience.test:465 as alice@patience.test by password';
    assert.deepEqual(value.candidates.map(worded), [found]);
    assert.ok(ms >= 6_000 && ms < 7_000, `${ms} ms`);
  });

  it('that leads in circles', async () => {
    await net.host('circle.test', [web({ '/.well-known/jmap': to('https://autoconfig.circle.test/a') })]);
    await net.host('autoconfig.circle.test', [
      web({ '/a': to('https://circle.test/.well-known/jmap'), [FILE]: to(FILE) }),
    ]);
    const asked = net.requests.length;
    const result = await run(net, 'alice@circle.test');
    const said = saidBy(result, 'wellKnown https://circle.test/.well-known/jmap');
    assert.equal(said, 'failed circle.test leads elsewhere again and again');
    assert.match(
      saidBy(result, 'autoconfig https://autoconfig.circle.test/mail/config-v1.1.xml'),
      /^failed .*again and again/,
    );
    // The domain's own file is asked for, too, and each circle is gone round in four steps.
    assert.equal(net.requests.length - asked, 4 + 4 + 1);
  });

  it('that serves 100 MB: it is cut off early', async () => {
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    await net.host('autoconfig.big.test', [
      web({
        [FILE]: (_request, response) => {
          response.writeHead(200);
          const more = (): void => {
            while (!response.destroyed && sent < 100 * 1024 * 1024) {
              sent += piece.length;
              if (!response.write(piece)) return void response.once('drain', more);
            }
          };
          more();
        },
      }),
    ]);
    const result = await run(net, 'alice@big.test');
    assert.equal(
      saidBy(result, 'autoconfig https://autoconfig.big.test/mail/config-v1.1.xml'),
      'failed autoconfig.big.test answers with more than 64 KB',
    );
    assert.ok(sent < 8 * 1024 * 1024, `${sent} bytes`);
  });

  it('that serves a page drop by drop, and a head without an end', async () => {
    await net.host('autoconfig.drip.test', [
      web({ [FILE]: (_request, response) => void response.writeHead(200).write('<clientConfig>') }),
    ]);
    const drip = await run(net, 'alice@drip.test');
    assert.equal(saidBy(drip, 'autoconfig https://autoconfig.drip.test/mail/config-v1.1.xml'), 'late took too long');
    inTime(drip);
    await net.host('head.test', [
      { port: 443, tls: true, greeting: `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, bait: () => '' },
    ]);
    const head = await run(net, 'alice@head.test');
    const said = 'failed head.test gave no answer that makes sense';
    assert.equal(saidBy(head, 'wellKnown https://head.test/.well-known/jmap'), said);
  });

  it('that answers garbage where TLS, HTTP, IMAP and SMTP should be', async () => {
    await net.host('noise.test', [{ port: 443, tls: false, greeting: 'what?\r\n', bait: () => null }]);
    await net.host('autoconfig.noise.test', [{ port: 443, tls: true, greeting: 'what?\r\n', bait: () => null }]);
    await net.host('mail.noise.test', [
      { port: 993, tls: true, greeting: 'what?\r\n', bait: () => '' },
      { port: 465, tls: true, greeting: '\xff\xfe\0'.repeat(20_000), bait: () => '' },
    ]);
    net.dns.add(...bothSrv('noise.test'));
    const result = await run(net, 'alice@noise.test');
    assert.equal(
      saidBy(result, 'srv _imaps._tcp.noise.test'),
      'found mail.noise.test does not greet as an IMAP server does; mail.noise.test does not stop talking',
    );
    assert.match(
      saidBy(result, 'wellKnown https://noise.test/.well-known/jmap'),
      /^failed noise.test (?:cannot be trusted|gave no answer)/,
    );
    assert.match(
      saidBy(result, 'autoconfig https://autoconfig.noise.test/mail/config-v1.1.xml'),
      /^failed autoconfig.noise.test gave no answer that makes sense/,
    );
    assert.ok(saidBy(result, 'guess noise.test').startsWith('nothing no IMAP server answers'));
  });

  it('where somebody speaks before encryption, or signs everybody in', async () => {
    const injected = '* CAPABILITY IMAP4rev1 STARTTLS\r\na OK done\r\n';
    const dns = [
      srv('_imap', 'inject.test', 'mail.inject.test', 143),
      srv('_submission', 'inject.test', 'mail.inject.test', 587),
    ];
    net.dns.add(...dns);
    await net.host('mail.inject.test', [
      { port: 143, tls: false, greeting: '* OK hi\r\n', bait: () => `${injected}* CAPABILITY AUTH=PLAIN\r\n` },
      { port: 587, tls: false, greeting: '220 hi\r\n', bait: () => '250 STARTTLS\r\n220 go\r\n250 AUTH PLAIN\r\n' },
    ]);
    await net.host('imap.inject.test', [
      { port: 993, tls: true, greeting: '* PREAUTH hi\r\n', bait: () => 'a OK\r\n' },
    ]);
    const result = await run(net, 'alice@inject.test');
    const said = 'found mail.inject.test said more than it was asked before encryption';
    assert.equal(saidBy(result, 'srv _imaps._tcp.inject.test'), said);
    assert.ok(saidBy(result, 'guess inject.test').startsWith('nothing no IMAP server answers'));
  });

  it('that lists 1,000 servers of each kind: four of each are tried', async () => {
    const many = (service: string, port: number) =>
      Array.from({ length: 1000 }, (_, n) => srv(service, 'many.test', `m${n}.many.test`, port, [n, 1]));
    net.dns.add(...many('_jmap', 443), ...many('_imaps', 993), ...many('_submissions', 465));
    net.dns.add(...Array.from({ length: 1000 }, (_, n) => mx('many.test', `mx${n}.many.test`, n)));
    const result = await run(net, 'alice@many.test');
    inTime(result);
    assert.deepEqual(result.answer.candidates, []);
    const tried = new Set(net.dns.queries.filter((query) => /^A mx?\d/.test(query)));
    assert.deepEqual([...tried].toSorted(), ['A m0.many.test', 'A m1.many.test', 'A m2.many.test', 'A m3.many.test']);
    assert.equal(saidBy(result, 'srv _imaps._tcp.many.test'), 'nothing there is no m0.many.test');
  });

  it('where a name means something else each time: it is asked once', async () => {
    await net.host('pin.test', [jmap()]);
    net.dns.add(...bothSrv('pin.test', 'pin.test'));
    await run(net, 'alice@pin.test');
    assert.equal(net.dns.queries.filter((query) => query === 'A pin.test').length, 1);
  });

  it('is left alone as soon as the person gives up', async () => {
    await net.host('gone.test', [silent(443)]);
    await net.host('autoconfig.gone.test', [web({ [FILE]: page(fileText([])) })]);
    const giveUp = new AbortController();
    const told: unknown[] = [];
    const { clock, result } = begin(net, 'alice@gone.test', giveUp.signal, (data) => told.push(data));
    await settle(100);
    const [events, requests] = [told.length, net.requests.length];
    giveUp.abort(new TernError('cancelled', 'the person left'));
    await assert.rejects(result, { kind: 'cancelled', message: 'the person left' });
    await settle(100);
    assert.deepEqual([told.length, net.requests.length, clock.pending()], [events, requests, 0]);
    await assert.rejects(begin(net, 'alice@gone.test', giveUp.signal).result, { kind: 'cancelled' });
  });

  it('does not hold up a domain that is well', async () => {
    await net.host('ok.test', []);
    await net.host('mail.ok.test', [imaps, smtps]);
    net.dns.add(...bothSrv('ok.test'));
    for (const [name, services] of Object.entries(mailHosts('ok.test'))) await net.host(name, services);
    const result = await run(net, 'alice@ok.test');
    assert.equal(words(result).length, 1);
    assert.ok(result.ms < 1_000, `${result.ms} ms`);
  });
});
