import * as z from 'zod';
import type { MailtoFields } from './mailto.ts';
import { id } from './model.ts';

const nothing = z.strictObject({});
const view = z.strictObject({ url: z.string().max(200) });
const pixels = z.int().min(-100_000).max(100_000);
const files = z.object({ files: z.array(z.object({ file: z.string(), name: z.string(), size: z.int() })) });

/** What the person may set of the shell itself; all of it is off at first, notifications aside. */
export const shellSettingsSchema = z.strictObject({
  notifications: z.boolean(),
  badge: z.boolean(),
  tray: z.boolean(),
});

/** What a window asks of the desktop shell, beside `host.*`, which every window has. */
export const shellCalls = {
  /** The window can hear: what waited for it comes now. `weakSecrets`: the system has no password store that protects. */
  'shell.ready': { input: nothing, output: z.object({ settings: shellSettingsSchema, weakSecrets: z.boolean() }) },
  'shell.set': { input: shellSettingsSchema.partial(), output: shellSettingsSchema },
  /** Where the message that `host.view` made ready is shown, in CSS pixels of the window; null hides it. */
  'shell.place': {
    input: view.extend({
      bounds: z.strictObject({ x: pixels, y: pixels, width: pixels.min(0), height: pixels.min(0) }).nullable(),
    }),
    output: nothing,
  },
  'shell.close': { input: view, output: nothing },
  'shell.print': { input: view, output: nothing },
  /** The person chooses files of this machine: a handle for each, which `drafts.save` takes once. */
  'shell.pick': { input: nothing, output: files },
  /** The same for files that were dropped. The window hands over `files`; their paths are written by the preload alone. */
  'shell.drop': { input: z.strictObject({ paths: z.array(z.string().max(4096)).max(200) }), output: files },
  /** In `dragstart`: an attachment, or the source of the email where `part` is null, goes where the person drops it. */
  'shell.drag': {
    input: z.strictObject({ account: id, email: id, part: z.string().min(1).max(1000).nullable() }),
    output: nothing,
  },
  /** Tern becomes the system's program for `mailto:`. `done`: whether the system lets it. */
  'shell.default': { input: nothing, output: z.object({ done: z.boolean() }) },
  /** The answer to the event `shell.leaving`: whether all that was being written is kept. */
  'shell.left': { input: z.strictObject({ kept: z.boolean() }), output: nothing },
  /** Opens a web address in the system browser if the person agrees, and `mailto:` as a new message. */
  'shell.link': { input: z.strictObject({ url: z.string().max(16_384) }), output: nothing },
} as const;

export type ShellCallName = keyof typeof shellCalls;
export type ShellCallInput<N extends ShellCallName> = z.input<(typeof shellCalls)[N]['input']>;
/** What the shell receives: parsed. */
export type ParsedShellInput<N extends ShellCallName> = z.output<(typeof shellCalls)[N]['input']>;
export type ShellCallOutput<N extends ShellCallName> = z.output<(typeof shellCalls)[N]['output']>;

/** What the shell tells its window, beside the events of the contract. */
export type ShellEvents = {
  /** A new message is wanted: nothing of it is sent by itself. */
  'shell.compose': MailtoFields;
  /** A notification was clicked. */
  'shell.open': { account: string; email: string; thread: string };
  /** A picture from elsewhere could not be had for the view of this address. */
  'shell.unloaded': { url: string };
  /** The window is about to go: it keeps what is being written, and answers by `shell.left`. */
  'shell.leaving': Record<string, never>;
  /** An entry of the menu. */
  'shell.command': { name: 'compose' | 'search' | 'settings' | 'help' };
};
