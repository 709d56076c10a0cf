import type { Identity } from './identity.ts';
import { escaped } from './quote.ts';

type Signatures = Pick<Identity, 'textSignature' | 'htmlSignature'>;

const SEPARATOR = '-- ';

/** The signature as it stands below what the person writes and above the quote (RFC 3676 section 4.3). */
export const textSignature = ({ textSignature: given }: Pick<Signatures, 'textSignature'>): string => {
  const signature = given.replaceAll(/\r\n?/g, '\n').trimEnd();
  if (signature === '') return '';
  return signature.startsWith(`${SEPARATOR}\n`) ? signature : `${SEPARATOR}\n${signature}`;
};

/** The same with formatting; that of the text where there is no other. */
export const htmlSignature = (identity: Signatures): string => {
  const text = textSignature(identity).slice(SEPARATOR.length + 1);
  const signature = identity.htmlSignature.trim() || escaped(text);
  return signature === '' ? '' : `<div>${SEPARATOR}<br>${signature}</div>`;
};
