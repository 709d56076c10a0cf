import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import { fileName } from '../mime/fileName.ts';
import type { SavedFile } from './fileJobs.ts';
import { digest } from './files.ts';
import { saveFile } from './saveFile.ts';

/** Reads the n-th remote picture of an email, by local id, or of the message that is this part of it, into a private file. */
export type ReadRemote = (email: number, part: string | null, n: number, signal: AbortSignal) => Promise<SavedFile>;

type Parts = {
  fetchImage: (address: string, signal: AbortSignal) => Promise<{ type: string; bytes: Uint8Array }>;
  folder: string;
};

/** Remote pictures of views that a person opened with them. */
export type RemoteImages = {
  read: ReadRemote;
  /** A person wants to see what these addresses have, in the order in which the view names them. */
  opened(email: number, part: string | null, addresses: string[]): void;
};

/** So many views' addresses are remembered: a view asks for its pictures one by one. */
const REMEMBERED = 50;

/** Nobody opened anything yet. */
export const createRemoteImages = ({ fetchImage, folder }: Parts): RemoteImages => {
  const views = new Map<string, string[]>();
  const viewOf = (email: number, part: string | null): string =>
    part === null ? `${email}` : `${email}-${digest(part)}`;
  return {
    opened: (email, part, addresses) => {
      const view = viewOf(email, part);
      views.delete(view);
      views.set(view, addresses);
      const [oldest] = views.keys();
      if (views.size > REMEMBERED && oldest !== undefined) views.delete(oldest);
    },
    read: async (email, part, n, signal) => {
      const view = viewOf(email, part);
      const addresses = views.get(view);
      if (!addresses) throw new TernError('forbidden', 'nobody opened this email with its remote pictures');
      const address = addresses[n];
      if (address === undefined) throw new TernError('notFound', 'the email has no such picture', { field: 'n' });
      const { type, bytes } = await fetchImage(address, signal);
      const name = fileName(null, type);
      const { path, size } = await saveFile(join(folder, `${view}-remote-${n}`), name, [bytes]);
      return { path, name, type, size };
    },
  };
};
