import type { ShellCallInput, ShellCallOutput } from '../../../src-shared/shellCalls.ts';
import { base64Of } from '../lib/files.ts';
import { mediaType } from '../lib/mediaType.ts';
import { t } from '../strings/en.ts';
import { askShell, isDesktop } from './line.ts';
import { attempt, toast } from './toasts.ts';
import { type ComposerFile, composer, edit } from './writing.ts';

/** The largest file that is taken, in bytes, as few servers take more; and what all may have together. */
const LARGEST_FILE = 50_000_000;
const LARGEST_ATTACHED = 100_000_000;

type Handle = ShellCallOutput<'shell.pick'>['files'][number];

const byHandle = ({ file, name, size }: Handle, said?: string): ComposerFile => {
  const type = mediaType(name, said);
  return { name, type, size, given: { name, type, file } };
};

const byBytes = async (file: File): Promise<ComposerFile> => {
  const { name, size } = file;
  const type = mediaType(name, file.type);
  return { name, type, size, given: { name, type, bytes: await base64Of(file) } };
};

/** Whether so many bytes more can go along; the person is told where they cannot. */
const fits = ({ name, size }: { name: string; size: number }, before: number): boolean => {
  if (size > LARGEST_FILE) toast(t.composer.tooBig(name), { tone: 'bad' });
  else if (before + size > LARGEST_ATTACHED) toast(t.composer.tooMuch, { tone: 'bad' });
  else return true;
  return false;
};

/** Those that fit with what is attached already. */
const fitting = <T extends { name: string; size: number }>(files: readonly T[]): T[] => {
  let bytes = composer.value?.files.reduce((sum, { size }) => sum + size, 0) ?? 0;
  return files.filter((file) => {
    const isTaken = fits(file, bytes);
    if (isTaken) bytes += file.size;
    return isTaken;
  });
};

const add = (files: ComposerFile[], key: number | undefined): void => {
  const now = composer.value;
  if (now && now.key === key && files.length > 0) edit({ files: [...now.files, ...files], filesChanged: true });
};

/** The preload hands the shell the paths of dropped files; those that are no file of this machine have none, and no handle. */
const handlesOf = async (files: readonly File[]): Promise<Map<File, Handle>> => {
  const input = { files } as unknown as ShellCallInput<'shell.drop'>;
  const left = (await askShell('shell.drop', input)).files;
  return new Map(
    files.flatMap((file) => {
      const at = left.findIndex(({ name, size }) => name === file.name && size === file.size);
      const [handle] = at < 0 ? [] : left.splice(at, 1);
      return handle ? [[file, handle] as const] : [];
    }),
  );
};

/** Attaches files that were dropped, pasted or chosen in the page: in the desktop program by handles, else as bytes. */
export const attach = (given: Iterable<File>): Promise<void> =>
  attempt(async () => {
    const key = composer.value?.key;
    const files = fitting([...given]);
    const handles = isDesktop() ? await handlesOf(files) : new Map<File, Handle>();
    const some = files.map(async (file) => {
      const handle = handles.get(file);
      return handle ? byHandle(handle, file.type) : byBytes(file);
    });
    add(await Promise.all(some), key);
  });

/** Lets the person choose files in the system's own dialog. */
export const pickFiles = (): Promise<void> =>
  attempt(async () => {
    const key = composer.value?.key;
    const { files } = await askShell('shell.pick', {});
    add(
      fitting(files).map((file) => byHandle(file)),
      key,
    );
  });
