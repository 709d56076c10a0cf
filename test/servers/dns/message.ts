/** What a name has in the domain name system (RFC 1035, RFC 2782, RFC 3596). */
export type DnsRecord =
  | { type: 'A' | 'AAAA'; name: string; address: string }
  | { type: 'MX'; name: string; priority: number; host: string }
  | { type: 'SRV'; name: string; priority: number; weight: number; port: number; host: string };

/** What was asked. `bytes`: the question as it came, to be sent back. */
export type Question = { id: number; name: string; type: string; bytes: Buffer };

const numbers: Record<string, number> = { A: 1, MX: 15, AAAA: 28, SRV: 33 };
const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** Reads a query with one question, as every client sends them. */
export const readQuestion = (message: Buffer): Question => {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = message.readUInt16BE(at + 1);
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: names.get(type) ?? String(type),
    bytes: message.subarray(12, at + 5),
  };
};

/** How an answer ends: well, with a server that cannot, or with a name that does not exist. */
export type Outcome = 'ok' | 'servfail' | 'nxdomain';
const codes: Record<Outcome, number> = { ok: 0, servfail: 2, nxdomain: 3 };

/** An answer; `isCut`: it has no records, and says that there were more. */
export const writeAnswer = (
  { id, bytes }: Question,
  outcome: Outcome,
  records: readonly DnsRecord[],
  isCut = false,
): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  // An answer to what was to be asked further, by one who may, and would ask further.
  head.writeUInt16BE(0x8580 | (isCut ? 0x0200 : 0) | codes[outcome], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isCut ? 0 : records.length, 6);
  return Buffer.concat([head, bytes, ...(isCut ? [] : records.map(recordBytes))]);
};

const recordBytes = (record: DnsRecord): Buffer => {
  const data = dataOf(record);
  const head = Buffer.alloc(12);
  // The name is that of the question, which begins at 12.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(numbers[record.type] ?? 0, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
};

const uint16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter((label) => label !== '')
      .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.of(0),
  ]);

const dataOf = (record: DnsRecord): Buffer => {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number));
    case 'AAAA':
      return sixBytes(record.address);
    case 'MX':
      return Buffer.concat([uint16(record.priority), nameBytes(record.host)]);
    case 'SRV':
      return Buffer.concat([uint16(record.priority, record.weight, record.port), nameBytes(record.host)]);
  }
};

const sixBytes = (address: string): Buffer => {
  // Of an address that ends as one of IPv4 does, the last four bytes.
  const [, begin = address, four] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  const tail = four === undefined ? [] : four.split('.').map(Number);
  const groups = (text = ''): number[] =>
    text
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => [...uint16(Number.parseInt(group, 16))]);
  const [left, right] = begin.split('::');
  const [before, after] = [groups(left), [...groups(right), ...tail]];
  return Buffer.from([...before, ...Array.from({ length: 16 - before.length - after.length }, () => 0), ...after]);
};
