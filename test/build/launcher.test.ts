import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';

const launcher = 'build/node24.mjs';

/** Starts a script under the launcher; ready once the script has printed something. */
const start = async (script: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [launcher, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
};

// Stays until a signal comes; the timer ends it should none arrive.
const wait = `setTimeout(() => process.exit(99), 20_000); console.log('ready');`;

describe('npm start', () => {
  it("says what to do where Electron's binary is not there, and names the window in a browser", () => {
    const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' };
    const { status, stderr } = spawnSync(process.execPath, [launcher, 'build/start.ts'], { encoding: 'utf8', env });
    strictEqual(status, 1);
    match(stderr, /npx install-electron[^]*npm run web/);
  });
});

describe('the launcher', () => {
  it('passes arguments in and the exit code out', () => {
    const script = 'console.log(process.argv.slice(1).join()); process.exit(7)';
    const { status, stdout } = spawnSync(process.execPath, [launcher, '-e', script, 'a', 'b c'], { encoding: 'utf8' });
    deepStrictEqual({ status, stdout }, { status: 7, stdout: 'a,b c\n' });
  });

  it('runs Node 24, started by whatever node the machine has', () => {
    const script = `process.stdout.write(process.versions.node.split('.')[0])`;
    const { stdout } = spawnSync('node', [launcher, '-e', script], { encoding: 'utf8' });
    strictEqual(Number(stdout) >= 24, true, `got '${stdout}'`);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`passes ${signal} on and waits for what the script makes of it`, async () => {
      const child = await start(`process.on('${signal}', () => process.exit(3)); ${wait}`);
      child.kill(signal);
      deepStrictEqual(await once(child, 'exit'), [3, null]);
    });
  }

  it('exits with 128 + the signal that killed the script', async () => {
    const child = await start(wait);
    child.kill('SIGTERM');
    deepStrictEqual(await once(child, 'exit'), [143, null]);
  });
});
