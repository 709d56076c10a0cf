import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';

/** All that the window's page can reach: the contract's calls and events. It runs in the sandbox, as one CommonJS file. */

/** Paths are written here, of files that the person dropped: what the page itself says of them is not heard. */
const withPaths = (input: unknown): unknown => {
  const files = (input as { files?: Iterable<File> } | undefined)?.files ?? [];
  return { paths: Array.from(files, (file) => webUtils.getPathForFile(file)) };
};

type Request = { call: string; account: string | null; input: unknown };

/** Answers `{ok}` or `{error}`. */
const call = async ({ call: name, account, input }: Request): Promise<unknown> => {
  const request = { call: name, account, input: name === 'shell.drop' ? withPaths(input) : input };
  return JSON.parse((await ipcRenderer.invoke('tern', JSON.stringify(request))) as string);
};

const on = (listener: (line: unknown) => void): (() => void) => {
  const hear = (_event: IpcRendererEvent, line: unknown): void => listener(line);
  ipcRenderer.on('tern:event', hear);
  return () => void ipcRenderer.off('tern:event', hear);
};

contextBridge.exposeInMainWorld('tern', { call, on });
