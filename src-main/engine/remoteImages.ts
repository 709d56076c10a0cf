import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import { fileName } from '../mime/fileName.ts';
import type { OpenBody } from './bodies.ts';
import type { SavedFile } from './files.ts';
import { saveFile } from './saveFile.ts';

/** Reads the n-th remote picture of an email, by local id, into a private file. */
export type ReadRemote = (email: number, n: number, signal: AbortSignal) => Promise<SavedFile>;

type Parts = {
  openBody: OpenBody;
  fetchImage(address: string, signal: AbortSignal): Promise<{ type: string; bytes: Uint8Array }>;
  folder: string;
};

/** So many emails' addresses are remembered: a view asks for its pictures one by one. */
const REMEMBERED = 20;

/** Remote pictures as views ask for them. */
export const createRemoteImages = ({ openBody, fetchImage, folder }: Parts): ReadRemote => {
  const addresses = new Map<number, string[]>();
  const addressesOf = async (email: number, signal: AbortSignal): Promise<string[]> => {
    const known = addresses.get(email);
    if (known) return known;
    const { remote } = await openBody(email, { remoteContent: true }, signal);
    addresses.set(email, remote);
    const [oldest] = addresses.keys();
    if (addresses.size > REMEMBERED && oldest !== undefined) addresses.delete(oldest);
    return remote;
  };
  return async (email, n, signal) => {
    const address = (await addressesOf(email, signal))[n];
    if (address === undefined) throw new TernError('notFound', 'the email has no such picture', { field: 'n' });
    const { type, bytes } = await fetchImage(address, signal);
    const name = fileName(null, type);
    const { path, size } = await saveFile(join(folder, `${email}-remote-${n}`), name, [bytes]);
    return { path, name, type, size };
  };
};
