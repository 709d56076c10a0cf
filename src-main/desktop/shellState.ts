import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { shellSettingsSchema } from '../../src-shared/shellCalls.ts';

const pixels = z.int().min(-100_000).max(100_000);
const stateSchema = z.object({
  bounds: z.object({ x: pixels, y: pixels, width: pixels.min(200), height: pixels.min(200) }).optional(),
  maximized: z.boolean(),
  settings: shellSettingsSchema,
});
/** What the shell remembers: where its window was, in pixels of the screen, and what the person set of it. */
type State = z.infer<typeof stateSchema>;

const FIRST: State = { maximized: false, settings: { notifications: true, badge: false, tray: false } };

/** `change` throws where the file cannot be written; `remember` does not: it is of things that nobody would miss. */
export type ShellState = {
  now(): State;
  change(patch: Partial<State>): State;
  remember(patch: Pick<State, 'bounds' | 'maximized'>): void;
};

/** The state in its file in the data folder. A file that cannot be read, or is none of ours, is as good as none. */
export const openShellState = (path: string): ShellState => {
  let state = FIRST;
  try {
    state = stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The first start, or a file that was damaged: nothing that anybody would miss.
  }
  const change = (patch: Partial<State>): State => {
    state = { ...state, ...patch };
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return state;
  };
  return {
    now: () => state,
    change,
    remember: (patch) => {
      try {
        change(patch);
      } catch {
        // The disk is full, say. The window opens elsewhere the next time.
      }
    },
  };
};
