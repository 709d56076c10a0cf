/** What a server can announce besides IMAP4rev1. What it does not announce, it answers with BAD. */
export const capabilityNames = [
  'SASL-IR',
  'ID',
  'ENABLE',
  'IDLE',
  'NAMESPACE',
  'LITERAL+',
  'LITERAL-',
  'UNSELECT',
  'UIDPLUS',
  'MOVE',
  'CHILDREN',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'SPECIAL-USE',
  'ESEARCH',
  'CONDSTORE',
  'QRESYNC',
  'OBJECTID',
  'UTF8=ACCEPT',
  'X-GM-EXT-1',
] as const;
/** One of them. */
export type Capability = (typeof capabilityNames)[number];

const full = capabilityNames.filter((name) => !['LITERAL-', 'OBJECTID', 'UTF8=ACCEPT', 'X-GM-EXT-1'].includes(name));
const without = (...gone: Capability[]): readonly Capability[] => full.filter((name) => !gone.includes(name));

/** Sets of capabilities by the names that the recipe for Dovecot has for them, and what others announce. */
export const capabilitySets = {
  full,
  noQresync: without('QRESYNC'),
  noCondstore: without('QRESYNC', 'CONDSTORE'),
  noMove: without('MOVE', 'UIDPLUS'),
  noIdle: without('IDLE'),
  bare: [],
  objectId: [...full, 'OBJECTID', 'UTF8=ACCEPT'],
  gmail: [
    'SASL-IR',
    'ID',
    'ENABLE',
    'IDLE',
    'NAMESPACE',
    'LITERAL-',
    'UNSELECT',
    'UIDPLUS',
    'MOVE',
    'CHILDREN',
    'LIST-EXTENDED',
    'LIST-STATUS',
    'SPECIAL-USE',
    'ESEARCH',
    'CONDSTORE',
    'UTF8=ACCEPT',
    'X-GM-EXT-1',
  ],
} as const satisfies Record<string, readonly Capability[]>;
