import * as fc from 'fast-check';

const TAGS =
  `a b p div span table tr td th tbody caption col colgroup ul li dl dd dt h1 h2 pre style script svg math title
  template noscript form input button select option textarea iframe object embed img br hr font center nobr marquee
  applet body html head frameset plaintext xmp listing ruby rt rp map area details summary label fieldset section
  article foreignObject desc mtext mglyph annotation-xml image custom-x o:p blockquote u i code main base link meta
  address video source noembed menu dir`.split(/\s+/);
const NAMES =
  `href src style class id name title alt width height align bgcolor background colspan onclick onerror srcset
  usemap target rel dir lang hidden type start valign color face size role data-x xlink:href formaction
  data-tern-warning http-equiv content`.split(/\s+/);
const WORDS =
  `x javascript:alert(1) https://a.example/x http://b.example //c.example/y cid:logo@mail.example mailto:a@b.example
  data:image/gif;base64,R0lGODlhAQABAAAAACw= data:text/html,x tern-mail://v1/part/2.1 tern-mail://v1/remote/0 tel:+1 #x
  tern-x 100% 12px red #fff &lt; &amp;amp; &#13; &#x00; &nbsp; \u00A0 < > " ' \` = / \\ paypal.com`.split(/\s+/);
const CSS = [
  ...`color red : ; { } ( ) [ ] , . # > + ~ * / ! important @media @import @font-face screen and (max-width:9px) url(
  url(https://a.example/x) url("x" expression( var(--x) --x position fixed background content behavior font-family
  "a" 'b' \\ \\75 \\3c /* */ <!-- --> </style> < 1px 2 50% 1e3em calc( rgb(1,2,3) a:hover :visited ::before :nth-child(2n) body
  html .x #y [class=x] @supports @charset u+1 opacity .05 \n \u0000 é 😀`.split(/\s+/),
  ' ',
  ' ',
];

const joined = (words: string[], maxLength: number, between = ''): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...words), { maxLength }).map((all) => all.join(between));

/** CSS as nobody should write it, and pieces of CSS as everybody does. */
export const someCss = fc.oneof(
  joined(CSS, 20),
  joined(CSS, 20, ' '),
  fc.tuple(joined(CSS, 4), joined(CSS, 6)).map(([selector, block]) => `${selector}{${block}}`),
);

const value = fc.oneof(joined(WORDS, 4), someCss, fc.string({ unit: 'binary', maxLength: 8 }));
const quoted = fc.tuple(fc.constantFrom('"', "'", ''), value).map(([quote, text]) => `${quote}${text}${quote}`);
const attributes = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), quoted), { maxLength: 4 })
  .map((all) => all.map(([name, text]) => ` ${name}=${text}`).join(''));

const tag = fc.constantFrom(...TAGS);
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(tag, attributes).map(([name, rest]) => `<${name}${rest}>`) },
  { weight: 4, arbitrary: tag.map((name) => `</${name}>`) },
  { weight: 2, arbitrary: joined(WORDS, 3, ' ') },
  { weight: 1, arbitrary: someCss.map((css) => `<style>${css}</style>`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('<!--', '-->', '<![CDATA[', ']]>', '<!DOCTYPE x>', '<?x', '</', '<', '\n', ' ', '\r'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);

/** HTML of any kind: known and unknown tags, wrongly nested, odd attributes, CSS, comments, binary. */
export const someHtml = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
