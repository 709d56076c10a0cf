/** Thrown by a command that ends in NO or BAD; `code` is a response code without its brackets (RFC 5530). */
export class Refusal extends Error {
  readonly status: 'NO' | 'BAD';
  readonly code: string | null;

  constructor(status: 'NO' | 'BAD', text: string, code: string | null = null) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** The command cannot be understood, or may not be sent here. */
export const bad = (text: string): Refusal => new Refusal('BAD', text);

/** The command cannot be carried out. */
export const no = (text: string, code: string | null = null): Refusal => new Refusal('NO', text, code);
