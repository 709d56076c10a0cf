import type { IpcMainInvokeEvent } from 'electron';
import { parseCall, type WindowCall } from '../src-main/desktop/windowCall.ts';
import { TernError, toWire } from '../src-shared/errors.ts';
import type { ElectronApi, Window } from './electronApi.ts';
import { APP_ORIGIN } from './protocols.ts';

/** Whether the page of our window asks, itself: no other window, no frame in it, none that is gone, from no other origin. */
const isOurs = ({ sender, senderFrame }: IpcMainInvokeEvent, window: Window | undefined): boolean =>
  window !== undefined &&
  sender === window.webContents &&
  senderFrame !== null &&
  !senderFrame.isDestroyed() &&
  !senderFrame.detached &&
  senderFrame.parent === null &&
  senderFrame.origin === APP_ORIGIN;

/** `current` is the window, while it is there. Answers its calls with `{ok}` or `{error}` as JSON; who may not ask learns nothing else. */
export const answerWindow = (
  { ipcMain }: Pick<ElectronApi, 'ipcMain'>,
  current: () => Window | undefined,
  answer: (call: WindowCall) => Promise<unknown>,
): void =>
  ipcMain.handle('tern', async (event, text: unknown) => {
    if (!isOurs(event, current())) throw new TernError('forbidden', 'this page may not ask');
    try {
      return JSON.stringify({ ok: await answer(parseCall(text)) });
    } catch (error) {
      return JSON.stringify({ error: toWire(error) });
    }
  });
