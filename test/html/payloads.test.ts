import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFragment } from 'parse5';
import { ELEMENTS } from '../../src-main/html/names.ts';
import { clean, sanitised } from './clean.ts';
import type { Payload } from './payload.ts';
import { filled, PAYLOADS } from './payloads.ts';

const all = Object.values(PAYLOADS).flat();
const fill = (payload: Payload): string => filled(payload, { run: 'run(1)', url: 'http://canary.example/1' });

test('there are more than 300 payloads, each with a name of its own within its kind', () => {
  assert.ok(all.length > 300, String(all.length));
  for (const [kind, payloads] of Object.entries(PAYLOADS))
    assert.equal(new Set(payloads.map(({ name }) => name)).size, payloads.length, kind);
});

test('nothing of a payload is left that runs, loads or is not listed', () => {
  for (const payload of all) {
    const html = clean(fill(payload));
    const tags = [...html.matchAll(/<([a-z][^\s>]*)/g)].map(([, name = '']) => name);
    assert.deepEqual(
      tags.filter((name) => name !== 'style' && !ELEMENTS.has(name)),
      [],
      payload.name,
    );
    const inTags = [...html.matchAll(/<[a-z][^>]*>/g)].map(([tag]) =>
      tag.replaceAll(/ (?:alt|title|summary)="[^"]*"/g, ''),
    );
    assert.doesNotMatch(inTags.join(''), /canary|javascript:|srcdoc/i, payload.name);
    assert.doesNotMatch(inTags.join('').replaceAll(/"[^"]*"/g, ''), /\son[a-z]+/i, payload.name);
    const [css = ''] = /(?<=^<style>).*?(?=<\/style>)/s.exec(html) ?? [];
    assert.doesNotMatch(css, /canary|<|@import/, payload.name);
    assert.doesNotThrow(() => parseFragment(html));
  }
});

test('a payload made safe stays as it is, whether remote content is allowed or not', () => {
  for (const payload of all)
    for (const remote of ['blocked', 'linked'] as const) {
      const once = clean(fill(payload), { remote });
      assert.equal(clean(once, { remote }), once, payload.name);
    }
});

test('a payload that would load something is counted', () => {
  const silent = new Set<string>();
  for (const payload of PAYLOADS['remote'] ?? [])
    if (payload.html.includes('%URL%') && sanitised(fill(payload)).blockedRemote === 0) silent.add(payload.name);
  // What needs scripts or a person, what no browser loads any more, what stands in a document of its own.
  assert.deepEqual([...silent].toSorted(), [
    'CVE-2022-3032: picture in srcdoc',
    'base and a relative picture',
    'form that sends itself',
    'longdesc and cite',
    'manifest of the document',
    'ping of a link',
    'policy that reports',
    'script',
    'speculation rules',
    'svg animate of a picture',
    'svg script',
    'svg style sheet instruction',
    'web bundle',
  ]);
});
