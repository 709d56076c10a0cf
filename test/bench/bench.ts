import { cyrusFigures } from './cyrus.ts';
import { discoveryFigures } from './discovery.ts';
import { htmlFigures } from './html.ts';
import { imapFigures } from './imap.ts';
import { largeFigures } from './large.ts';
import { outboxFigures } from './outbox.ts';
import { pushFigures } from './push.ts';
import { readingFigures } from './reading.ts';
import { searchFigures } from './search.ts';
import { sendingFigures } from './sending.ts';
import { windowFigures } from './window.ts';

/** `npm run bench [-- cyrus discovery html imap large outbox push reading search sending]`: measures what Tern promises; one line of JSON per figure, status 1 if one fails. */
const benches = {
  cyrus: cyrusFigures,
  discovery: discoveryFigures,
  html: htmlFigures,
  imap: imapFigures,
  large: largeFigures,
  outbox: outboxFigures,
  push: pushFigures,
  reading: readingFigures,
  search: searchFigures,
  sending: sendingFigures,
  window: windowFigures,
};

const asked = process.argv.slice(2);
const results: (boolean | null)[] = [];
for (const [name, run] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  results.push(await run());
}
process.exitCode = results.includes(false) ? 1 : 0;
