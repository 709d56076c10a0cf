/** HTML that tries something. `%RUN%` stands for a script that tells it ran, `%URL%` for an address that tells who asks. */
export type Payload = { name: string; html: string };

/** Payloads from pairs of a name and HTML. */
export const payloads = (pairs: [name: string, html: string][]): Payload[] =>
  pairs.map(([name, html]) => ({ name, html }));
