import { type Mutant, m } from './mutant.ts';

const ways = 'src-main/mime/unsubscribe.ts';
const click = 'src-main/driver/oneClick.ts';
const web = 'src-main/driver/web.ts';
const engine = 'src-main/engine/unsubscribe.ts';

/** Lines that keep a stranger's List-Unsubscribe from doing more than the person asked for. */
export const leaving: Mutant[] = [
  m('L: a signature covers both fields', ways, "names.has('list-unsubscribe') && ", '', 'mime/unsubscribe'),
  m('L: a signature covers the second, too', ways, " && names.has('list-unsubscribe-post')", '', 'mime/unsubscribe'),
  m('L: a signature is there', ways, "of('dkim-signature').some(coversBoth) &&", '', 'mime/unsubscribe'),
  m('L: a signature has one list', ways, 'if (signed.length !== 1) return false;', '', 'mime/unsubscribe'),
  m('L: a bad signature is none', ways, "!sayBad(of('authentication-results')[0] ?? '')", 'true', 'mime/unsubscribe'),
  m('L: comments prove nothing', ways, 'withoutComments(results).matchAll', 'results.matchAll', 'mime/unsubscribe'),
  m('L: nothing ambiguous', ways, 'lists.length === 1 && posts.length === 1 && ', '', 'mime/unsubscribe'),
  m('L: one web address', ways, '.length === 1;', '.length > 0;', 'mime/unsubscribe'),
  m('L: one click is that alone', ways, "isOneClick(posts[0] ?? '') &&", '', 'mime/unsubscribe'),
  m(
    'L: https without names',
    ways,
    "url?.protocol === 'https:' && !url.username && !url.password ? url",
    'url?.protocol ? url',
    'mime/unsubscribe',
  ),
  m(
    'L: comments hold no addresses',
    'src-main/mime/listUrls.ts',
    "else if (mark === '(') comments++;\n    else if",
    'else if',
    'mime/unsubscribe mime/header',
  ),
  m(
    'L: posts over https alone',
    click,
    "if (url?.protocol !== 'https:' || url.username || url.password)",
    'if (!url)',
    'driver/oneClick',
  ),
  m('L: a redirect is no success', click, 'status < 200 || status > 299', 'status > 399', 'driver/oneClick'),
  m('L: every address is on the internet', web, '!addresses.every(', '!addresses.some(', 'driver/oneClick'),
  m('L: the ports of the web', web, ' && [80, 443, 8080, 8443].includes(port)', '', 'driver/oneClick'),
  m('L: not for ever', web, 'timeout.abort(new TernError(', 'void (new TernError(', 'driver/oneClick'),
  m('L: junk is asked for', engine, 'if (isJunk && !evenJunk)', 'if (false)', 'engine/unsubscribe'),
  m(
    'L: to one address',
    engine,
    'draft: { to: [to],',
    'draft: { to: [...fields.to, ...fields.cc],',
    'engine/unsubscribe',
  ),
  m(
    'L: what the message itself says',
    engine,
    'unsubscribeWays(await headerOf(readFile, id, signal))',
    '{ ...waysOf(urls), post: waysOf(urls).page }',
    'engine/unsubscribe',
  ),
];
