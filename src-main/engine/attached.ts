import { readFile as readWhole, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import type { Attachment } from '../../src-shared/model.ts';
import { raceSignal } from '../lib/async.ts';
import { isoTime } from '../lib/clock.ts';
import { fileName } from '../mime/fileName.ts';
import type { ParsedMessage } from '../mime/message.ts';
import { isSigned } from '../mime/signed.ts';
import { blobPlace } from '../store/attachments.ts';
import type { OpenedBody } from './bodies.ts';
import { type BodyParts, picturesByCid, renderSource } from './bodyRead.ts';
import type { FileJobs, SavedFile } from './fileJobs.ts';
import { digest, type ReadFile } from './files.ts';
import { saveFile } from './saveFile.ts';

type Parts = BodyParts & { jobs: FileJobs; readFile: ReadFile; folder: string };

/**
 * Messages that are attached to emails (message/rfc822). Their parts are named through them: '2/1.3' is part 1.3 of the
 * message that is part 2; no part's own id has a '/'. Both by the email's local id.
 */
export type Attached = {
  /** Reads a part of an email, or of a message in it, into a file. */
  readFile: ReadFile;
  open(email: number, part: string, remoteContent: boolean, signal: AbortSignal): Promise<OpenedBody>;
};

/** In bytes: a message has to fit into memory to be taken apart. */
const LARGEST = 64 * 1024 * 1024;
/** Messages in messages in messages. */
const DEEPEST = 10;

/** Attached messages on an open account. */
export const createAttached = (parts: Parts): Attached => {
  const { renderer } = parts;
  const message = async (email: number, part: string, signal: AbortSignal): Promise<Buffer> => {
    const file = await readFile(email, part, signal);
    if (!isMessage(file)) throw new TernError('invalid', 'this part is not a message', { field: 'part' });
    if ((await stat(file.path)).size > LARGEST) throw new TernError('tooLarge', 'the message is too large to be shown');
    return readWhole(file.path);
  };
  const save = async (email: number, part: string, through: number, signal: AbortSignal): Promise<SavedFile> => {
    const bytes = await message(email, part.slice(0, through), signal);
    const inner = part.slice(through + 1);
    const parsed = await renderer.parse(bytes, signal);
    const found = parsed.attachments.find((each) => each.part === inner);
    if (!found) throw noSuchPart();
    const name = fileName(found.name, found.type);
    const folder = join(parts.folder, `${email}-part-${digest(part)}`);
    const { path, size } = await saveFile(folder, name, [await renderer.takePart(bytes, inner, signal)]);
    return { path, name, type: found.type, size };
  };
  const readFile: ReadFile = async (email, part, signal) => {
    const through = part?.lastIndexOf('/') ?? -1;
    if (part === null || through < 0) return parts.readFile(email, part, signal);
    const [outer = part, ...inner] = way(part);
    if (inner.length >= DEEPEST) throw noSuchPart();
    // Also of an email that was deleted since: what is kept of it is nobody's any more.
    if (!parts.store.read((db) => blobPlace(db, email, outer))) throw noSuchPart();
    return parts.jobs.file(email, part, (until) => save(email, part, through, until), signal);
  };
  return {
    readFile,
    open: async (email, part, remoteContent, signal) => {
      const source = way(part).some((each) => parts.jobs.holds(email, each)) ? 'cache' : 'server';
      const parsed = await renderer.parse(await message(email, part, signal), signal);
      const attachments = attachmentsOf(parsed, part);
      const cids = picturesByCid(attachments);
      const mode = remoteContent ? 'linked' : 'blocked';
      const shown = await raceSignal(renderSource(parts, email, parsed.source, cids, mode, signal), signal);
      const { html, text, textHtml, blockedRemote, remote } = shown;
      const { subject, from, to, cc, sentAt } = parsed.header;
      return {
        html,
        text,
        textHtml,
        blockedRemote,
        remote,
        attachments,
        signature: isSigned(attachments) ? 'unverified' : null,
        isTruncated: parsed.limits.length > 0 || parsed.source.texts.some(({ isTruncated }) => isTruncated),
        source,
        message: { subject, from, to, cc, sentAt: inUtc(sentAt) },
      };
    },
  };
};

/** The parts on the way to a part, from that of the email itself on: '2' and '2/1.3' for '2/1.3'. */
const way = (part: string): string[] => part.split('/').map((_, at, all) => all.slice(0, at + 1).join('/'));

const isMessage = ({ type }: SavedFile): boolean => type === 'message/rfc822' || type === 'message/global';

const inUtc = (date: string | null): string | null => {
  const ms = Date.parse(date ?? '');
  return Number.isFinite(ms) ? isoTime(ms) : null;
};

const noSuchPart = (): TernError => new TernError('notFound', 'the email has no such part', { field: 'part' });

const attachmentsOf = ({ attachments }: ParsedMessage, within: string): Attachment[] =>
  attachments.map(({ part, name, type, size, cid, disposition }) => ({
    part: `${within}/${part}`,
    name: name === null ? null : fileName(name, type),
    type,
    size,
    disposition,
    ...(cid === null ? {} : { cid }),
  }));
