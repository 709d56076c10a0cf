const MOST_URLS = 10;
const LONGEST_URL = 4000;

/**
 * The addresses of a List-* field (RFC 2369 section 2), in their order, without what white space they were folded with: what
 * stands in angle brackets, and in no comment. Ten at most, of at most 4,000 UTF-16 units each.
 */
export const listUrls = (field: string): string[] => {
  const urls: string[] = [];
  let comments = 0;
  for (let at = 0; at < field.length && urls.length < MOST_URLS; at++) {
    const mark = field[at];
    if (comments > 0) {
      if (mark === '\\') at++;
      else if (mark === '(') comments++;
      else if (mark === ')') comments--;
    } else if (mark === '(') comments++;
    else if (mark === '<') {
      const end = field.indexOf('>', at);
      if (end === -1) break;
      const url = field
        .slice(field.lastIndexOf('<', end) + 1, end)
        .replaceAll(/[\s\p{Cc}]+/gu, '')
        .toWellFormed();
      if (url !== '' && url.length <= LONGEST_URL) urls.push(url);
      at = end;
    }
  }
  return urls;
};
