import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseDate } from '../../src-main/mime/dates.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

describe('dates', () => {
  const cases: [field: string, date: string | null][] = [
    ['Tue, 24 Nov 2026 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    ['24 Nov 2026 10:00:03 -0930', '2026-11-24T10:00:03-09:30'],
    ['Tue, 4 Nov 2026 10:00 +0000 (a comment)', '2026-11-04T10:00:00+00:00'],
    ['Tue,24 Nov 2026 10:00:03 -0000', '2026-11-24T10:00:03+00:00'],
    ['tue, 24 NOV 2026 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026 10:00:03 GMT', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03 EST', '2026-11-24T10:00:03-05:00'],
    ['Tue, 24 Nov 2026 10:00:03 PDT', '2026-11-24T10:00:03-07:00'],
    ['Tue, 24 Nov 2026 10:00:03 K', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03 CEST', '2026-11-24T10:00:03+02:00'],
    ['Tue, 24 Nov 2026 10:00:03 GMT+0100', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026 10:00:03 +01:00', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026 10:00:03 +0100 CET', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026 10:00:03 +9999', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03 +1900', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03 Nowhere', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03', '2026-11-24T10:00:03+00:00'],
    ['Tue, 24 Nov 2026 10:00:03.123 +0100', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026 10.00.03 +0100', '2026-11-24T10:00:03+01:00'],
    ['Tuesday, 24 November 2026 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    ['24-Nov-2026 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    [' 4-Nov-2026 10:00:03 +0100', '2026-11-04T10:00:03+01:00'],
    ['Tue, 24 Nov 99 10:00:03 +0100', '1999-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 26 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 126 10:00:03 +0100', '2026-11-24T10:00:03+01:00'],
    ['Tue, 24 Nov 2026', '2026-11-24T00:00:00+00:00'],
    ['24 Nov 2026 10:00:03 pm +0100', '2026-11-24T22:00:03+01:00'],
    ['24 Nov 2026 12:00:03 AM', '2026-11-24T00:00:03+00:00'],
    ['Tue Nov 24 10:00:03 2026', '2026-11-24T10:00:03+00:00'],
    ['Tue Nov  4 10:00:03 EST 2026', '2026-11-04T10:00:03-05:00'],
    ['Tue Nov 24 10:00:03 +0100 2026', '2026-11-24T10:00:03+01:00'],
    ['2026-11-24T10:00:03+01:00', '2026-11-24T10:00:03+01:00'],
    ['2026-11-24 10:00:03Z', '2026-11-24T10:00:03+00:00'],
    ['2026-11-24', '2026-11-24T00:00:00+00:00'],
    ['31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:59+00:00'],
    ['29 Feb 2028 00:00:00 +0000', '2028-02-29T00:00:00+00:00'],
    ['29 Feb 2026 00:00:00 +0000', null],
    ['31 Apr 2026 00:00:00 +0000', null],
    ['24 Foo 2026 00:00:00 +0000', null],
    ['24 anf 2026 00:00:00 +0000', null],
    ['24 Nov 2026 24:00:00 +0000', null],
    ['24 Nov 2026 10:61:00 +0000', null],
    ['0 Nov 2026 10:00:00 +0000', null],
    ['24 Nov 0001 10:00:00 +0000', null],
    ['yesterday', null],
    [`${'x'.repeat(200)} 24 Nov 2026`, null],
    ['1', null],
    ['', null],
  ];
  for (const [field, date] of cases) it(field.slice(0, 50) || 'nothing', () => assert.equal(parseDate(field), date));

  it('are read as they were written, and are dates to everybody', () => {
    const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.integer({ min: -12 * 60, max: 14 * 60 }), (date, offset) => {
        const whole = Math.floor(date.getTime() / 1000) * 1000;
        const local = new Date(whole + offset * 60_000);
        const two = (value: number) => String(value).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
        const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
        const day = `${days[local.getUTCDay()]}, ${local.getUTCDate()} ${months[local.getUTCMonth()]}`;
        const parsed = parseDate(`${day} ${local.getUTCFullYear()} ${clock} ${zone}`);
        assert.equal(Date.parse(parsed ?? ''), whole);
      }),
    );
  });

  it('are null or dates, whatever is written', () => {
    const piece = fc.constantFrom(
      '1',
      '24',
      '2026',
      'Nov',
      ' ',
      ':',
      '-',
      '10:00:03',
      '+0100',
      '(',
      ')',
      'pm',
      ',',
      'Z',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const date = parseDate(pieces.join(''));
        assert.ok(date === null || Number.isFinite(Date.parse(date)), String(date));
      }),
    );
  });
});
