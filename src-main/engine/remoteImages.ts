import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import { fileName } from '../mime/fileName.ts';
import { digest, type SavedFile } from './files.ts';
import { saveFile } from './saveFile.ts';

/** Reads the n-th remote picture of an email, by local id, or of the message that is this part of it, into a private file. */
export type ReadRemote = (email: number, part: string | null, n: number, signal: AbortSignal) => Promise<SavedFile>;

type Parts = {
  /** The addresses of an email's, or of a message's, remote pictures. */
  addresses: (email: number, part: string | null, signal: AbortSignal) => Promise<string[]>;
  fetchImage: (address: string, signal: AbortSignal) => Promise<{ type: string; bytes: Uint8Array }>;
  folder: string;
};

/** So many emails' addresses are remembered: a view asks for its pictures one by one. */
const REMEMBERED = 20;

/** Remote pictures as views ask for them. */
export const createRemoteImages = ({ addresses, fetchImage, folder }: Parts): ReadRemote => {
  const seen = new Map<string, string[]>();
  const addressesOf = async (view: string, email: number, part: string | null, signal: AbortSignal) => {
    const known = seen.get(view);
    if (known) return known;
    const found = await addresses(email, part, signal);
    seen.set(view, found);
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    return found;
  };
  return async (email, part, n, signal) => {
    const view = part === null ? `${email}` : `${email}-${digest(part)}`;
    const address = (await addressesOf(view, email, part, signal))[n];
    if (address === undefined) throw new TernError('notFound', 'the email has no such picture', { field: 'n' });
    const { type, bytes } = await fetchImage(address, signal);
    const name = fileName(null, type);
    const { path, size } = await saveFile(join(folder, `${view}-remote-${n}`), name, [bytes]);
    return { path, name, type, size };
  };
};
