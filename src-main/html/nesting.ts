const set = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

/** What may stand directly in the parts of a table: nothing else, and these nowhere else. */
const TABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  table: set('caption colgroup thead tbody tfoot'),
  colgroup: set('col'),
  thead: set('tr'),
  tbody: set('tr'),
  tfoot: set('tr'),
  tr: set('td th'),
};
const TABLE_PARTS = set('caption colgroup col thead tbody tfoot tr td th');
const CELLS = set('td th caption');
const HEADINGS = set('h1 h2 h3 h4 h5 h6');
/** Start tags that end an open paragraph. */
const ENDS_PARAGRAPH = set(`address article aside blockquote center div dl dd dt figcaption figure footer h1 h2 h3 h4 h5
  h6 header hr li main nav ol p pre section table ul`);
/** Elements beyond which no open list item is looked for; `address`, `div` and `p` are none of them. */
const ENDS_ITEM_SEARCH = set(`article aside blockquote caption center col colgroup dd dl dt figcaption figure footer h1
  h2 h3 h4 h5 h6 header li main nav ol pre section table tbody td tfoot th thead tr ul`);
/** Elements that `<rt>` and `<rp>` end, if they are the innermost open ones. */
const IMPLIED_END = set('dd dt li p rp rt');

/** What is open at a place: as much of it as decides how a parser takes the next tag there. */
export type Place = {
  tag: string;
  depth: number;
  inParagraph: boolean;
  inLink: boolean;
  inItem: boolean;
  inTerm: boolean;
  inRuby: boolean;
};

/** The place directly in the body. */
export const BODY: Place = {
  tag: 'body',
  depth: 0,
  inParagraph: false,
  inLink: false,
  inItem: false,
  inTerm: false,
  inRuby: false,
};

/** Depth at which nothing is opened any more, so that no parser comes near its own limit (512 in Chromium). */
const DEEPEST = 500;

/** Whether text may stand directly in an element: it would be moved out of the parts of a table. */
export const mayHoldText = ({ tag }: Place): boolean => !Object.hasOwn(TABLE, tag);

/**
 * Whether a start tag here makes a parser do nothing but open the element, so that what is written is read as it was
 * meant (HTML standard, 13.2.6.4.7, "in body", and the table modes). Where it does not, the tag must not be written.
 */
export const mayOpen = (tag: string, place: Place): boolean => {
  if (place.depth >= DEEPEST) return false;
  if (Object.hasOwn(TABLE, place.tag)) return TABLE[place.tag]?.has(tag) ?? false;
  if (TABLE_PARTS.has(tag)) return false;
  if (place.inParagraph && ENDS_PARAGRAPH.has(tag)) return false;
  if (tag === 'a') return !place.inLink;
  if (tag === 'li') return !place.inItem;
  if (tag === 'dd' || tag === 'dt') return !place.inTerm;
  if (tag === 'rt' || tag === 'rp') return !(place.inRuby && IMPLIED_END.has(place.tag));
  return !(HEADINGS.has(tag) && HEADINGS.has(place.tag));
};

/** The place in an element that was opened at another. */
export const placeIn = (tag: string, place: Place): Place => {
  const isScope = tag === 'table' || CELLS.has(tag);
  const endsSearch = ENDS_ITEM_SEARCH.has(tag);
  return {
    tag,
    depth: place.depth + 1,
    inParagraph: tag === 'p' || (place.inParagraph && !isScope),
    inLink: tag === 'a' || (place.inLink && !CELLS.has(tag)),
    inItem: tag === 'li' || (place.inItem && !endsSearch),
    inTerm: tag === 'dd' || tag === 'dt' || (place.inTerm && !endsSearch),
    inRuby: tag === 'ruby' || (place.inRuby && !isScope),
  };
};
