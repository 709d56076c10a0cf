import type { Known } from '../driver.ts';
import { emailId, parseEmailId } from './names.ts';
import type { UidRange } from './uids.ts';

const PAGE = 1000;

/** UIDs held of a mailbox under one UIDVALIDITY, ascending, from `first` to `last`, or the first `most` of them. */
export const heldUids = (
  known: Known,
  key: string,
  validity: string,
  first: number,
  last: number,
  most = Number.POSITIVE_INFINITY,
): number[] => {
  const uids: number[] = [];
  let after = emailId(key, validity, Math.max(first, 1) - 1);
  for (;;) {
    const page = known.emailsAfter(after, PAGE);
    for (const id of page) {
      const parsed = parseEmailId(id);
      // Ids are sorted as text: behind those of this generation come others.
      if (parsed?.key !== key || parsed.validity !== validity || parsed.uid > last || uids.length >= most) return uids;
      uids.push(parsed.uid);
    }
    after = page.at(-1) ?? after;
    if (page.length < PAGE) return uids;
  }
};

/** The same in pages, each with its range of UIDs; the ranges leave nothing out. */
export function* heldPages(
  known: Known,
  key: string,
  validity: string,
  [first, last]: UidRange,
  size: number,
): Generator<{ range: UidRange; uids: number[] }, void, void> {
  for (let from = first; from <= last; ) {
    const uids = heldUids(known, key, validity, from, last, size);
    const to = uids.length < size ? last : (uids.at(-1) ?? last);
    yield { range: [from, to], uids };
    from = to + 1;
  }
}

/** How many emails are held of a mailbox under one UIDVALIDITY, with UIDs from `first` to `last`. */
export const heldCount = (known: Known, key: string, validity: string, first: number, last: number): number =>
  known.countBetween(emailId(key, validity, first), emailId(key, validity, last));

/** Every email held of a mailbox, under whatever UIDVALIDITY, in pages. */
export function* heldOf(known: Known, key: string): Generator<string[], void, void> {
  const prefix = `${key}|`;
  for (let after = prefix; ; ) {
    const page = known.emailsAfter(after, PAGE);
    const ours = page.filter((id) => id.startsWith(prefix));
    if (ours.length > 0) yield ours;
    if (ours.length < PAGE) return;
    after = ours.at(-1) ?? after;
  }
}
