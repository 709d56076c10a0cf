import * as z from 'zod';
import { calls } from './contract.ts';
import { linkSchema } from './linkWarnings.ts';
import { id } from './model.ts';

const part = z.string().min(1).max(1000);
const body = calls['bodies.get'].output.pick({
  text: true,
  attachments: true,
  blockedRemote: true,
  isTruncated: true,
  signature: true,
  message: true,
});

/**
 * What a window asks of its host beside the contract: what it needs because it may neither read files of this machine nor
 * show the HTML of mail in its own document.
 */
export const hostCalls = {
  /** What the window runs in. `where`: how it is reached, '' where that says nothing. */
  'host.info': {
    input: z.strictObject({}),
    output: z.object({ kind: z.enum(['web', 'electron']), where: z.string() }),
  },
  /**
   * Makes a message ready to be shown, isolated, under an address that can be read once; with what `bodies.get` says of it.
   * `links`: those of its HTML, each once, in their order, with what is suspicious about them. `remoteContent`: the person asked for what is elsewhere. `unloaded`: how
   * many of its pictures could not be had from there; a desktop's view loads them later, and tells it by `shell.unloaded`.
   */
  'host.view': {
    input: z.strictObject({
      account: id,
      email: id,
      part: part.optional(),
      remoteContent: z.boolean().default(false),
      scheme: z.enum(['light', 'dark']).default('light'),
    }),
    output: body.extend({
      url: z.string(),
      unloaded: z.int(),
      links: z.array(linkSchema),
    }),
  },
  /** An attachment, or where `part` is null the source of the email, under an address that can be downloaded once. */
  'host.file': {
    input: z.strictObject({ account: id, email: id, part: part.nullable() }),
    output: z.object({ url: z.string(), name: z.string(), size: z.int() }),
  },
  /** The source of an email as text: its beginning, where it is long. */
  'host.source': {
    input: z.strictObject({ account: id, email: id }),
    output: z.object({ text: z.string(), size: z.int(), isTruncated: z.boolean() }),
  },
} as const;

/** Events of a host beside those of the contract. */
export type HostEvents = {
  /** A link of a message was followed: the person is asked before it opens. */
  'host.link': { url: string };
};

export type HostCallName = keyof typeof hostCalls;
export type HostCallInput<N extends HostCallName> = z.input<(typeof hostCalls)[N]['input']>;
/** What a host receives: parsed, defaults filled in. */
export type ParsedHostInput<N extends HostCallName> = z.output<(typeof hostCalls)[N]['input']>;
export type HostCallOutput<N extends HostCallName> = z.output<(typeof hostCalls)[N]['output']>;

/** True for a name that hosts answer by themselves. */
export const isHostCall = (name: string): name is HostCallName => Object.hasOwn(hostCalls, name);
