import type { Payload } from './payload.ts';
import { CSS_PAYLOADS } from './payloadsCss.ts';
import { MUTATION_PAYLOADS } from './payloadsMutation.ts';
import { REMOTE_PAYLOADS } from './payloadsRemote.ts';
import { SCRIPT_PAYLOADS } from './payloadsScript.ts';
import { TRICK_PAYLOADS } from './payloadsTrick.ts';

/** All payloads, by the kind of what they try. */
export const PAYLOADS: Record<string, Payload[]> = {
  script: SCRIPT_PAYLOADS,
  mutation: MUTATION_PAYLOADS,
  remote: REMOTE_PAYLOADS,
  css: CSS_PAYLOADS,
  trick: TRICK_PAYLOADS,
};

/** A payload with its script and its address filled in: `run` holds no quotes, `url` is of http. */
export const filled = ({ html }: Payload, { run, url }: { run: string; url: string }): string =>
  html
    .replaceAll('%RUN%', run)
    .replaceAll('%URL%', url)
    .replaceAll('%BARE%', url.slice('http:'.length))
    .replaceAll('%HOST%', url.slice('http://'.length));
