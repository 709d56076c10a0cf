import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { until } from '../support/processes.ts';
import { startProgram } from './world.ts';

describe('a window whose page crashed', () => {
  it('has it loaded again, a few times by itself, and then when the person wants that', async (t) => {
    const { stand, window } = await startProgram(t);
    const { contents } = window();
    const crash = async (times: number): Promise<void> => {
      for (let crashed = 0; crashed < times; crashed++)
        contents.emitter.emit('render-process-gone', {}, { reason: 'crashed' });
      await setImmediate();
    };
    await crash(5);
    assert.deepEqual([contents.urls.length, stand.boxes.length], [6, 0]);
    assert.deepEqual([...new Set(contents.urls)], ['tern-app://app/index.html']);
    await crash(1);
    assert.match(stand.boxes[0]?.message ?? '', /again and again/);
    await crash(5);
    assert.deepEqual([contents.urls.length, stand.boxes.length], [12, 1]);
    stand.response = 1;
    await crash(1);
    await until('it ends', () => stand.exits === 1);
    assert.equal(contents.urls.length, 12);
  });

  it('is told what it missed once it is there again', async (t) => {
    const { stand, page, window } = await startProgram(t);
    window().contents.emitter.emit('render-process-gone', {}, { reason: 'oom' });
    stand.app.emit('second-instance', {}, ['tern', 'mailto:bob@example.org'], '/', {});
    assert.deepEqual(page.heard, []);
    await page.call('shell.ready');
    assert.deepEqual(
      page.heard.map(({ event }) => event),
      ['shell.compose'],
    );
  });
});
