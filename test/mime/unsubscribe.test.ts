import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { unsubscribeWays } from '../../src-main/mime/unsubscribe.ts';

const web = 'https://lists.example/off?u=1';
const list = `List-Unsubscribe: <${web}>, <mailto:off@lists.example?subject=off>`;
const post = 'List-Unsubscribe-Post: List-Unsubscribe=One-Click';
const signed = 'DKIM-Signature: v=1; d=lists.example; h=From:List-Unsubscribe:\r\n List-Unsubscribe-Post; b=AAAA';

const ways = (...lines: string[]) => unsubscribeWays(Buffer.from(`${lines.join('\r\n')}\r\n\r\nbody`));

describe('one click is offered', () => {
  it('where both fields are there, and signed', () => {
    assert.deepEqual(ways(signed, list, post), {
      post: web,
      mailto: 'mailto:off@lists.example?subject=off',
      page: web,
    });
  });

  const also: [name: string, ...lines: string[]][] = [
    [
      'with the fields folded, with comments, in any case',
      signed,
      `list-unsubscribe:\r\n (leave)\r\n <https://lists.example/\r\n off?u=1>`,
      'LIST-UNSUBSCRIBE-POST:\r\n\tlist-unsubscribe=one-click ',
    ],
    [
      'where one of several signatures covers them',
      'DKIM-Signature: h=From:Subject; d=relay.example',
      signed,
      list,
      post,
    ],
    [
      'where who received it found a signature that holds',
      'Authentication-Results: mx.example; dkim=fail (old); dkim=pass',
      signed,
      list,
      post,
    ],
    ['where who received it says nothing of DKIM', 'Authentication-Results: mx.example; spf=pass', signed, list, post],
    [
      'where only an earlier hop found it bad',
      'Authentication-Results: mx.example; dkim=pass',
      'Authentication-Results: old.example; dkim=fail',
      signed,
      list,
      post,
    ],
  ];
  for (const [name, ...lines] of also) it(name, () => assert.equal(ways(...lines).post, web));
});

describe('one click is not offered', () => {
  const not: [name: string, ...lines: string[]][] = [
    ['without List-Unsubscribe-Post', signed, list],
    ['where that says something else', signed, list, 'List-Unsubscribe-Post: List-Unsubscribe=Two-Clicks'],
    ['where that says more', signed, list, `${post}&all=1`],
    ['where that comes twice', signed, list, post, post],
    ['where List-Unsubscribe comes twice', signed, list, list, post],
    ['to plain http', signed, 'List-Unsubscribe: <http://lists.example/off>', post],
    ['with a user name in the address', signed, 'List-Unsubscribe: <https://me:word@lists.example/off>', post],
    ['where there are two web addresses', signed, 'List-Unsubscribe: <https://a.example/>, <https://b.example/>', post],
    [
      'where the second web address is plain',
      signed,
      'List-Unsubscribe: <https://a.example/>, <http://b.example/>',
      post,
    ],
    ['where the address stands in a comment', signed, `List-Unsubscribe: (<${web}>)`, post],
    ['where the address is in no brackets', signed, `List-Unsubscribe: ${web}`, post],
    ['without a signature', list, post],
    ['where no signature covers List-Unsubscribe', 'DKIM-Signature: h=From:List-Unsubscribe-Post', list, post],
    ['where no signature covers List-Unsubscribe-Post', 'DKIM-Signature: h=From:List-Unsubscribe', list, post],
    [
      'where two signatures cover a half each',
      'DKIM-Signature: h=List-Unsubscribe',
      'DKIM-Signature: h=List-Unsubscribe-Post',
      list,
      post,
    ],
    ['where a signature has two lists', `${signed}; h=From`, list, post],
    [
      'where the names stand in another tag',
      'DKIM-Signature: h=From; z=List-Unsubscribe:List-Unsubscribe-Post',
      list,
      post,
    ],
    [
      'where who received it found the signature bad',
      'Authentication-Results: mx.example; dkim=fail',
      signed,
      list,
      post,
    ],
    [
      'where the pass is a comment',
      'Authentication-Results: mx.example; dkim=fail (not dkim=pass)',
      signed,
      list,
      post,
    ],
    ['behind the header', signed, '', list, post],
  ];
  for (const [name, ...lines] of not) it(name, () => assert.equal(ways(...lines).post, null));
});

describe('what is left to the person', () => {
  it('is the first address to write to and the first safe page', () => {
    const field =
      'List-Unsubscribe: <http://a.example/>, <javascript:alert(1)>, <https://b.example/>, <MAILTO:x@c.example>';
    assert.deepEqual(ways(field, post), { post: null, mailto: 'MAILTO:x@c.example', page: 'https://b.example/' });
    assert.deepEqual(ways('Subject: hello'), { post: null, mailto: null, page: null });
  });

  it('is found in any bytes', () => {
    const name = fc.constantFrom(
      'List-Unsubscribe',
      'List-Unsubscribe-Post',
      'DKIM-Signature',
      'Authentication-Results',
    );
    const field = fc.tuple(name, fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        unsubscribeWays(Buffer.from(fields.map(([n, v]) => `${n}: ${v}\n`).join('')));
      }),
    );
  });
});
