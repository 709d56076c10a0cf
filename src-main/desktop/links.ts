import { TernError } from '../../src-shared/errors.ts';
import { type Link, linkWarningWords } from '../../src-shared/linkWarnings.ts';
import { type MailtoFields, parseMailto } from '../../src-shared/mailto.ts';
import { linkWarnings } from '../html/links.ts';
import { cutText } from '../lib/text.ts';
import { t } from './strings.ts';
import { webAddress } from './webAddress.ts';

/** Where links lead. `ask` answers which of the buttons the person pressed, the first is 0. */
type Ways = {
  compose: (fields: MailtoFields) => void;
  ask: (question: Question) => Promise<{ response: number }>;
  open: (address: string) => Promise<void>;
};
export type Question = {
  type: 'question' | 'warning';
  message: string;
  detail: string;
  buttons: string[];
  defaultId: number;
  cancelId: number;
  noLink: boolean;
};

const hrefOf = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);

/** What people are told of an address: what is suspicious about the links of the message that lead there, and about itself. */
const warningsOf = (address: string, links: readonly Link[]): string[] => {
  const told = links.filter(({ url }) => hrefOf(url) === hrefOf(address)).flatMap(({ warnings }) => warnings);
  return [...new Set([...told, ...linkWarnings(address, '')])].map((warning) => linkWarningWords[warning]);
};

const questionOf = (address: string, warnings: string[]): Question => ({
  type: warnings.length > 0 ? 'warning' : 'question',
  message: t.link.question,
  detail: [cutText(address, 1000), ...warnings].join('\n\n'),
  buttons: [t.link.open, t.link.cancel],
  defaultId: warnings.length > 0 ? 1 : 0,
  cancelId: 1,
  noLink: true,
});

/** Follows a link of the window, or of a message with these links: the person sees where it leads, and says whether it is opened. */
export const follow = async (url: string, links: readonly Link[], { compose, ask, open }: Ways): Promise<void> => {
  const mailto = parseMailto(url);
  if (mailto) return compose(mailto);
  const address = webAddress(url);
  if (address === null) return;
  const { response } = await ask(questionOf(address, warningsOf(address, links)));
  if (response === 0) await open(address);
};

/** The address of a page that the person asked for by signing in. Throws `forbidden` for anything but https. */
export const signInAddress = (url: string): string => {
  const address = webAddress(url);
  if (address === null || !address.startsWith('https:'))
    throw new TernError('forbidden', 'only https pages are opened for signing in');
  return address;
};
