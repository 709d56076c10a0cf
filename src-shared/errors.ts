import * as z from 'zod';

/** Every kind of failure Tern knows. The kind alone decides what happens next: see `remedyFor`. */
export const errorKinds = [
  'auth',
  'tls',
  'network',
  'server',
  'rateLimited',
  'conflict',
  'notFound',
  'forbidden',
  'invalid',
  'tooLarge',
  'quota',
  'storage',
  'cancelled',
  'unsupported',
  'bug',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** A failure as plain data: on the wire, in the sync log and in the window. `retryAfter` is in seconds. */
export const wireErrorSchema = z.object({
  kind: z.enum(errorKinds),
  message: z.string(),
  retryAfter: z.number().optional(),
  field: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

type ErrorExtras = {
  /** Seconds the server asked us to wait. */
  retryAfter?: number | undefined;
  /** Dotted path of the offending input, for `invalid`. */
  field?: string | undefined;
  /** Machine-readable facts: hosts to confirm, the other host's pid. Never a secret. */
  detail?: Record<string, unknown> | undefined;
  cause?: unknown;
};

/** The one error class. It crosses processes as a `WireError`. */
export class TernError extends Error {
  override readonly name = 'TernError';
  readonly kind: ErrorKind;
  readonly retryAfter: number | undefined;
  readonly field: string | undefined;
  readonly detail: Record<string, unknown> | undefined;

  constructor(kind: ErrorKind, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.kind = kind;
    this.retryAfter = extras.retryAfter;
    this.field = extras.field;
    this.detail = extras.detail;
  }
}

/** Any thrown value as a `TernError`; what Tern did not throw itself is a `bug`. */
export const asTernError = (thrown: unknown): TernError => {
  if (thrown instanceof TernError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new TernError('bug', message, { cause: thrown });
};

/** A failure as data, without its cause or stack. */
export const toWire = (thrown: unknown): WireError => {
  const { kind, message, retryAfter, field, detail } = asTernError(thrown);
  return {
    kind,
    message,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  };
};

/** The error that `toWire` described. */
export const fromWire = (wire: WireError): TernError => new TernError(wire.kind, wire.message, wire);

/** What a failed cycle leads to: try again later, wait for the person, or neither (the caller alone is told). */
export type Remedy = 'retry' | 'block' | 'reject';

const remedies: Record<ErrorKind, Remedy> = {
  auth: 'block',
  tls: 'block',
  forbidden: 'block',
  storage: 'block',
  network: 'retry',
  server: 'retry',
  rateLimited: 'retry',
  conflict: 'retry',
  notFound: 'retry',
  quota: 'retry',
  tooLarge: 'retry',
  unsupported: 'retry',
  bug: 'retry',
  cancelled: 'reject',
  invalid: 'reject',
};

/** The one place where an error's kind decides what happens to a sync cycle that met it. */
export const remedyFor = (kind: ErrorKind): Remedy => remedies[kind];
