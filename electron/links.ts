import { follow, signInAddress } from '../src-main/desktop/links.ts';
import type { Link } from '../src-shared/linkWarnings.ts';
import type { MailtoFields } from '../src-shared/mailto.ts';
import type { ElectronApi } from './electronApi.ts';

/** Follows a link of the window or of a message. */
export const followLink = (
  { dialog, shell }: ElectronApi,
  url: string,
  links: readonly Link[],
  compose: (fields: MailtoFields) => void,
): Promise<void> =>
  follow(url, links, {
    compose,
    ask: (question) => dialog.showMessageBox(question),
    open: (address) => shell.openExternal(address),
  });

/** Opens a page that the person asked for by signing in. Throws `forbidden` for anything but https. */
export const browse = async ({ shell }: ElectronApi, url: string): Promise<void> =>
  shell.openExternal(signInAddress(url));
