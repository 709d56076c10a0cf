// Shows every behaviour on every server, which takes longer than `npm test` may.
import { spawn } from 'node:child_process';

const runner = spawn(process.execPath, ['build/test.ts', 'conformance', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TERN_CONFORMANCE: 'whole' },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
