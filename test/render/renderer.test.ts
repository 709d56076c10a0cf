import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createRenderer, type Renderer } from '../../src-main/render/renderer.ts';
import { TernError } from '../../src-shared/errors.ts';
import { lines, multipart, PDF, PLAIN } from '../mime/corpus/sample.ts';
import { type FakeClock, fakeClock, settle } from '../support/clock.ts';

const SECOND = 1000;
const HOSTILE = new URL('./hostileThread.ts', import.meta.url);

let open: Renderer[] = [];
afterEach(async () => {
  await Promise.all(open.map((renderer) => renderer.close()));
  open = [];
});

const renderers = (options: { entry?: URL; heap?: number } = {}): { renderer: Renderer; clock: FakeClock } => {
  const clock = fakeClock();
  const renderer = createRenderer({ clock, ...options });
  open.push(renderer);
  return { renderer, clock };
};

/** A job of the hostile thread: answers the number of the thread that did it. */
const tell = (renderer: Renderer, words: string, signal?: AbortSignal): Promise<unknown> =>
  renderer.parse(Buffer.from(words), signal);

const failure = async (job: Promise<unknown>): Promise<TernError> => {
  const error: unknown = await job.then(
    () => assert.fail('it went well'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TernError, inspect(error));
  return error;
};

describe('the thread that reads mail (M13)', () => {
  it('takes whole messages apart', async () => {
    const { renderer } = renderers();
    const { source, header, attachments } = await renderer.parse(lines('Subject: a', ...PLAIN));
    assert.deepEqual([source.texts[0]?.text, header.subject, attachments], ['Hello\r\n', 'a', []]);
  });

  it('takes parts out of them', async () => {
    const { renderer } = renderers();
    const message = multipart('mixed', PLAIN, PDF);
    assert.equal(Buffer.from(await renderer.takePart(message, '2')).toString(), '%PDF-');
    assert.equal((await failure(renderer.takePart(message, '3'))).kind, 'notFound');
  });

  it('makes bodies safe to show', async () => {
    const { renderer } = renderers();
    const texts = [
      {
        part: '1',
        type: 'text/html',
        text: '<p>a<script>b</script>',
        isTruncated: false,
        isFlowed: false,
        delSp: false,
      },
    ] as const;
    const items = [{ part: '1', type: 'text/html' }];
    const source = { texts: [...texts], textBody: items, htmlBody: items };
    const body = await renderer.render(source, { view: 'v', parts: new Map(), remote: 'blocked' });
    assert.equal(body.html, '<p>a</p>');
  });

  it('makes of what is shown what can be quoted', async () => {
    const { renderer } = renderers();
    const html = '<style>p{color:red}</style><p class="tern-x">a<img src="tern-mail://v/part/2"></p>';
    assert.deepEqual(await renderer.quote(html, new Map([['2', 'c@x']])), {
      html: '<p style="color:red">a<img src="cid:c@x"></p>',
      parts: ['2'],
    });
  });

  it('does one job after the other, in their turn', async () => {
    const { renderer } = renderers();
    const sizes = [3, 1, 2].map(async (count) => {
      const { source } = await renderer.parse(multipart('mixed', ...Array.from({ length: count }, () => PLAIN)));
      return source.texts.length;
    });
    assert.deepEqual(await Promise.all(sizes), [3, 1, 2]);
  });

  it('is one thread as long as nothing goes wrong', async () => {
    const { renderer } = renderers({ entry: HOSTILE });
    assert.equal(await tell(renderer, 'a'), await tell(renderer, 'b'));
  });

  it('ends after a minute without a job, and starts with the next one', async () => {
    const { renderer, clock } = renderers({ entry: HOSTILE });
    const first = await tell(renderer, 'a');
    await clock.advance(59 * SECOND);
    assert.equal(await tell(renderer, 'a'), first);
    await clock.advance(59 * SECOND);
    assert.equal(await tell(renderer, 'a'), first);
    await clock.advance(61 * SECOND);
    assert.notEqual(await tell(renderer, 'a'), first);
  });
});

describe('a message that takes over its thread (M13)', () => {
  it('and never ends, is ended after 10 seconds, and the next one is read', async () => {
    const { renderer, clock } = renderers({ entry: HOSTILE });
    const first = await tell(renderer, 'a');
    const looping = failure(tell(renderer, 'loop'));
    const next = tell(renderer, 'a');
    await clock.advance(9 * SECOND);
    const early = await Promise.race([looping, settle().then(() => null)]);
    assert.equal(early, null);
    await clock.advance(2 * SECOND);
    assert.equal((await looping).kind, 'tooLarge');
    assert.notEqual(await next, first);
  });

  it('and takes all memory, ends only itself', async () => {
    const { renderer } = renderers({ entry: HOSTILE, heap: 24 });
    const growing = failure(tell(renderer, 'grow'));
    const next = tell(renderer, 'a');
    assert.equal((await growing).kind, 'tooLarge');
    assert.equal(typeof (await next), 'number');
  });

  for (const [what, words] of [
    ['throws', 'throw a secret word'],
    ['ends the thread', 'end'],
    ['calls itself for ever', 'recurse'],
  ] as const)
    it(`and ${what}, fails, and tells nothing of itself`, async () => {
      const { renderer } = renderers({ entry: HOSTILE });
      const error = await failure(tell(renderer, words));
      assert.equal(error.kind, 'bug');
      assert.doesNotMatch(inspect(error, { depth: null, showHidden: true }), /secret/);
      assert.equal(typeof (await tell(renderer, 'a')), 'number');
    });

  it('prints nothing where a log might be', async (context) => {
    const printed = [process.stdout, process.stderr].map((stream) => context.mock.method(stream, 'write'));
    const { renderer } = renderers({ entry: HOSTILE });
    await tell(renderer, 'print');
    await tell(renderer, 'a');
    const said = printed.flatMap(({ mock }) => mock.calls.map((call) => String(call.arguments[0])));
    assert.doesNotMatch(said.join(''), /secret/);
  });
});

describe('a job that nobody wants any more (M13)', () => {
  it('is not begun, or its outcome is left alone', async () => {
    const { renderer } = renderers({ entry: HOSTILE });
    const first = await tell(renderer, 'a');
    const abort = new AbortController();
    const jobs = [tell(renderer, 'b', abort.signal), tell(renderer, 'loop', abort.signal)].map(failure);
    abort.abort();
    assert.deepEqual(
      (await Promise.all(jobs)).map(({ kind }) => kind),
      ['cancelled', 'cancelled'],
    );
    assert.equal(await tell(renderer, 'a'), first);
    assert.equal((await failure(tell(renderer, 'a', abort.signal))).kind, 'cancelled');
  });

  it('is cancelled when the renderer is closed, which closes once', async () => {
    const { renderer, clock } = renderers({ entry: HOSTILE });
    const jobs = [tell(renderer, 'loop'), tell(renderer, 'a')].map(failure);
    await settle();
    await renderer.close();
    await renderer.close();
    assert.deepEqual(
      (await Promise.all(jobs)).map(({ kind }) => kind),
      ['cancelled', 'cancelled'],
    );
    assert.equal((await failure(tell(renderer, 'a'))).kind, 'cancelled');
    assert.equal(clock.pending(), 0);
  });
});
