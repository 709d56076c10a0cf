import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { documentFor, MESSAGE_CSP } from '../../src-main/html/document.ts';
import { sanitiseHtml } from '../../src-main/html/sanitise.ts';
import { filled, PAYLOADS } from '../html/payloads.ts';
import { type Canary, startCanary } from './canary.ts';
import { launchChromium, withChromium } from './chromium.ts';

const options = withChromium('all tests of HTML in a browser');
const all = Object.entries(PAYLOADS).flatMap(([kind, payloads]) =>
  payloads.map((payload) => ({ ...payload, name: `${kind}: ${payload.name}` })),
);
/** What a script of a payload writes to the console, before the payload's number: nobody else writes that. */
const SIGN = '4711';

/** How long raw payloads may keep a page busy, in ms: what was seen until then counts. */
const PATIENCE = 2000;
const LONGEST_LOAD = 60_000;

let browser: Browser;
let canary: Canary;
if (options.skip === false) {
  before(async () => {
    [browser, canary] = await Promise.all([launchChromium(), startCanary()]);
  });
  after(() => Promise.all([browser.close(), canary.stop()]));
}

/** A way to show payloads: each in a frame of its own, by a document, a policy as header, and a sandbox or none. */
type Way = { document: (html: string, view: string) => string; csp?: string; sandbox?: string };
type Seen = { ran: Set<string>; asked: Set<string> };

const safe = (html: string, view: string): string =>
  sanitiseHtml(html, { view, parts: new Map([['logo@mail.example', '2.1']]), remote: 'blocked' }).html;
const withoutPolicy = (html: string): string => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');

/** Runs in each frame: whoever waits for a pointer, a key or a click is served. */
const provoke = (): void => {
  // The browser's own names are not known to the compiler here.
  const page = globalThis as unknown as {
    document: { querySelectorAll(all: string): Iterable<Provoked> };
    Event: new (name: string) => object;
  };
  type Provoked = {
    attributes: Iterable<{ name: string; value: string }>;
    dispatchEvent(event: object): void;
    click?(): void;
  };
  for (const element of page.document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) element.dispatchEvent(new page.Event(name.slice(2)));
      if (/href|action/.test(name) && /script:/.test(value.replaceAll(/\s/g, ''))) element.click?.();
    }
  }
};

/** Shows payloads on one page, and tells which ran and which asked for anything. */
const show = async (way: string, { document, csp, sandbox }: Way, wanted = all): Promise<Seen> => {
  const frames = wanted.map((payload, at) => {
    const path = `/${way}/${at}`;
    const html = filled(payload, { run: `console.log(${SIGN},${at})`, url: `${canary.origin}/canary/${way}/${at}` });
    canary.pages.set(path, { html: document(html, `v${at}`), ...(csp === undefined ? {} : { csp }) });
    return `<iframe src="${path}" ${sandbox === undefined ? '' : `sandbox="${sandbox}"`}></iframe>`;
  });
  canary.pages.set(`/${way}`, { html: `<!DOCTYPE html>${frames.join('')}` });
  const seen: Seen = { ran: new Set(), asked: new Set() };
  const page = await browser.newPage();
  page.on('console', (message) => {
    const [sign, at] = message.text().split(' ');
    if (sign === SIGN) seen.ran.add(wanted[Number(at)]?.name ?? '');
  });
  page.on('dialog', (dialog) => void dialog.dismiss());
  page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && !canary.pages.has(pathname) && pathname !== '/favicon.ico')
      seen.asked.add(request.url());
  });
  await page.goto(`${canary.origin}/${way}`, { waitUntil: 'load', timeout: LONGEST_LOAD });
  const idle = (): Promise<void> => page.waitForLoadState('networkidle', { timeout: PATIENCE }).catch(() => undefined);
  await idle();
  const provoked = Promise.allSettled(page.frames().map((frame) => frame.evaluate(provoke)));
  await Promise.race([provoked, page.waitForTimeout(PATIENCE)]);
  await idle();
  await page.close();
  for (const path of canary.heard) if (path.startsWith(`/canary/${way}/`)) seen.asked.add(path);
  return seen;
};

test('the harness sees scripts and requests: raw payloads without any defence do both', options, async () => {
  const named = new Set([
    'script: script element',
    'script: event handler: onerror of <img>',
    'script: svg foreignObject',
  ]);
  const some = all.filter(({ name }, at) => named.has(name) || at % 4 === 0);
  const { ran, asked } = await show('raw', { document: (html) => html }, some);
  const askers = new Set([...asked].map((url) => /\/canary\/raw\/(\d+)/.exec(url)?.[1]).filter(Boolean));
  console.log(`of ${some.length} raw payloads, ${ran.size} run a script and ${askers.size} ask for something`);
  for (const name of named) assert.ok(ran.has(name), name);
  assert.ok(ran.size > 20, String(ran.size));
  assert.ok(askers.size > 20, String(askers.size));
});

test(
  'sanitised, with scripts on and no policy, no script runs, and nobody is asked for anything either',
  options,
  async () => {
    const { ran, asked } = await show('clean', {
      document: (html, view) => withoutPolicy(documentFor(safe(html, view), 'light')),
    });
    assert.deepEqual([...ran], []);
    assert.deepEqual([...asked], []);
  },
);

test('raw, with the policy and sandbox of the message view, no script runs', options, async () => {
  const { ran } = await show('guarded', { document: (html) => html, csp: MESSAGE_CSP, sandbox: 'allow-popups' });
  assert.deepEqual([...ran], []);
});

test('sanitised, with the policy and sandbox, nobody is asked for anything', options, async () => {
  // Many to a document: alone, each of them was silent even without the policy.
  const groups = Array.from({ length: Math.ceil(all.length / 25) }, (_, at) => all.slice(at * 25, at * 25 + 25));
  const joined = groups.map((group, at) => ({
    name: String(at),
    html: group
      .map((payload) =>
        safe(filled(payload, { run: `console.log(${SIGN},${at})`, url: `${canary.origin}/canary/both/${at}` }), 'v1'),
      )
      .join('<hr>'),
  }));
  const both = { document: (html: string) => documentFor(html, 'dark'), csp: MESSAGE_CSP, sandbox: 'allow-popups' };
  const { ran, asked } = await show('both', both, joined);
  assert.deepEqual([...ran], []);
  assert.deepEqual([...asked], []);
});
