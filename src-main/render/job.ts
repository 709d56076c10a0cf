import type { BodySource } from '../../src-shared/body.ts';

/** Whose body it is: the view that shows it, its parts by Content-ID, and what becomes of remote content. */
export type RenderOptions = { view: string; parts: ReadonlyMap<string, string>; remote: 'blocked' | 'linked' };

/** What the thread is asked to do. */
export type Job =
  | { kind: 'render'; source: BodySource; options: RenderOptions }
  | { kind: 'quote'; html: string; cids: ReadonlyMap<string, string> }
  | { kind: 'parse'; bytes: Uint8Array }
  | { kind: 'take'; bytes: Uint8Array; part: string };

/** What goes to the thread, and what comes back: a failure says nothing, for it might say what the message contains. */
export type Request = { id: number; job: Job };
export type Answer = { id: number; ok: true; result: unknown } | { id: number; ok: false };
