import { webAddress } from '../src-main/desktop/webAddress.ts';
import { cutText } from '../src-main/lib/text.ts';
import { TernError } from '../src-shared/errors.ts';
import { type MailtoFields, parseMailto } from '../src-shared/mailto.ts';
import type { ElectronApi } from './electronApi.ts';

/** Follows a link of the window or of a message: the person sees where it leads, and says whether it is opened. */
export const followLink = async (
  { dialog, shell }: ElectronApi,
  url: string,
  compose: (fields: MailtoFields) => void,
): Promise<void> => {
  const mailto = parseMailto(url);
  if (mailto) return compose(mailto);
  const address = webAddress(url);
  if (address === null) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in your browser?',
    detail: cutText(address, 1000),
    buttons: ['Open', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) await shell.openExternal(address);
};

/** Opens a page that the person asked for by signing in. Throws `forbidden` for anything but https. */
export const browse = async ({ shell }: ElectronApi, url: string): Promise<void> => {
  const address = webAddress(url);
  if (address === null || !address.startsWith('https:'))
    throw new TernError('forbidden', 'only https pages are opened for signing in');
  await shell.openExternal(address);
};
