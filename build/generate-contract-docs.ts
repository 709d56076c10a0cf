import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import type { CallSpec } from '../src-shared/callSpec.ts';
import { type CallName, calls } from '../src-shared/contract.ts';
import { accountRowSchema, cycleSchema } from '../src-shared/contractRows.ts';
import { type ErrorKind, errorKinds, type Remedy, remedyFor, wireErrorSchema } from '../src-shared/errors.ts';
import { events } from '../src-shared/events.ts';
import {
  addressSchema,
  attachmentSchema,
  configSchema,
  credentialSchema,
  emailHeadSchema,
  emailSchema,
  id,
  mailboxSchema,
} from '../src-shared/model.ts';
import { insideText, type NamedShapes, ruleTexts, shapeText } from './shapeText.ts';

/** Shapes that get a section of their own; their sentence is the doc comment in the source. */
const sharedShapes: [name: string, schema: z.core.$ZodType, constant: string][] = [
  ['AccountRow', accountRowSchema, 'accountRowSchema'],
  ['Config', configSchema, 'configSchema'],
  ['Credential', credentialSchema, 'credentialSchema'],
  ['Mailbox', mailboxSchema, 'mailboxSchema'],
  ['EmailHead', emailHeadSchema, 'emailHeadSchema'],
  ['Email', emailSchema, 'emailSchema'],
  ['Address', addressSchema, 'addressSchema'],
  ['Attachment', attachmentSchema, 'attachmentSchema'],
  ['Cycle', cycleSchema, 'cycleSchema'],
  ['WireError', wireErrorSchema, 'wireErrorSchema'],
  ['Phase', accountRowSchema.shape.phase, 'phaseNames'],
  ['Trigger', cycleSchema.shape.trigger, 'triggers'],
  ['ErrorKind', wireErrorSchema.shape.kind, 'errorKinds'],
];
const named: NamedShapes = new Map([
  [id, 'id'],
  ...sharedShapes.map(([name, schema]): [z.core.$ZodType, string] => [schema, name]),
]);

const errorMeanings: Record<ErrorKind, string> = {
  auth: 'The server refuses the credential, or wants another way to sign in.',
  tls: 'No trustworthy encrypted connection: a bad certificate, a broken handshake, or encryption taken away.',
  network: 'The server cannot be reached, or the connection broke.',
  server: 'The server answered with a fault of its own, or with nonsense.',
  rateLimited: 'The server asks for patience; `retryAfter` says how much.',
  conflict: 'What was asked collides with what is already there.',
  notFound: 'Something that was named does not exist, or no longer does.',
  forbidden: 'It is there, and this account or caller may not do that with it.',
  invalid: 'The input does not fit the contract; `field` names the place.',
  tooLarge: 'More than the server or Tern takes at once.',
  quota: 'The mail account is full.',
  storage: 'This computer cannot read or write the data: disk full, a bad file, another host on the same folder.',
  cancelled:
    "The caller, or the end of the host, called it off. With `detail.why: gone` the account's worker ended meanwhile, and nobody knows whether it was done; what only reads is asked again by itself.",
  unsupported: 'Not possible with this server, or not built yet.',
  bug: 'Tern did something it should not have. Please report it.',
};
const remedyTexts: Record<Remedy, string> = {
  retry: 'the next try comes by itself',
  block: 'the account waits for the person; `storage` is also tried again every minute',
  reject: 'the caller is told, nothing else changes',
};

const code = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;
const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const callNames = Object.keys(calls) as CallName[];
const areas = [...new Set(callNames.map((name) => name.replace(/\..*/, '')))];

const answeredBy = (name: CallName): string => {
  const { scope, fanOut, ofApp }: CallSpec = calls[name];
  if (scope === 'app') return 'the host';
  if (ofApp) return 'one account, or the host: `account: null`';
  return fanOut ? 'one account, or all: `account: null`' : 'one account';
};

/** The sentence that stands above a constant in the sources, without the marks of the comment. */
const docOf = (constant: string, sources: string): string => {
  const comment = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\nexport const ${constant}\b`).exec(sources)?.[1];
  return (comment ?? '').replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
};

const callSection = (name: CallName): string => {
  const { about, input, output, ofApp }: CallSpec = calls[name];
  const rules = ruleTexts(input).map((rule) => `\nAlso: ${rule}.\n`);
  return [
    `### ${name}\n`,
    `Answered by ${answeredBy(name)}. ${about}\n`,
    shapesOf(input, output),
    ...rules,
    ...(ofApp ? [`\nWith \`account: null\`: ${ofApp.about}\n`, shapesOf(ofApp.input, ofApp.output)] : []),
    '',
  ].join('\n');
};

const shapesOf = (input: z.core.$ZodType, output: z.core.$ZodType): string =>
  code(`input  ${shapeText(input, named)}\noutput ${shapeText(output, named)}`);

/** The built calls of an area; those that only have a name so far stand in the table alone. */
const areaSection = (area: string): string => {
  const built = callNames.filter((name) => name.startsWith(`${area}.`) && calls[name].built);
  return built.length === 0 ? '' : `## ${area}\n\n${built.map(callSection).join('\n')}\n`;
};

const glance = (): string =>
  table(
    ['Call', 'Answered by', 'What it does'],
    callNames.map((name) => {
      const { built, about } = calls[name];
      const label = built ? `[\`${name}\`](#${name.replace('.', '').toLowerCase()})` : `\`${name}\` (not built yet)`;
      return [label, answeredBy(name), about];
    }),
  );

const eventSections = (): string =>
  Object.entries(events)
    .map(([name, { about, data }]) => `### ${name}\n\n${about}\n\n${code(shapeText(data, named))}\n`)
    .join('\n');

const errorTable = (): string =>
  table(
    ['Kind', 'What happened', 'In a sync cycle'],
    errorKinds.map((kind) => [`\`${kind}\``, errorMeanings[kind], remedyTexts[remedyFor(kind)]]),
  );

const shapeSections = (sources: string): string =>
  sharedShapes
    .map(([name, schema, constant]) => {
      const inside = insideText(schema, named);
      return `### ${name}\n\n${docOf(constant, sources)}\n\n${code(`${name} =${inside.startsWith('\n') ? '' : ' '}${inside}`)}\n`;
    })
    .join('\n');

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The text of docs/contract.md: `contract.template.md` with its `<!-- name -->` marks filled in. */
export const contractDocs = (): string => {
  const sources = ['contract.ts', 'model.ts', 'errors.ts'].map((name) => read(`../src-shared/${name}`)).join('\n');
  const parts: Record<string, string> = {
    glance: glance(),
    areas: areas.map(areaSection).join('\n'),
    events: eventSections(),
    errors: errorTable(),
    shapes: shapeSections(sources),
  };
  const text = read('contract.template.md').replaceAll(/<!-- (\w+) -->/g, (mark, name: string) => parts[name] ?? mark);
  return `${text.replaceAll(/\n{3,}/g, '\n\n').trimEnd()}\n`;
};
