import { effect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ShellCallInput } from '../../../src-shared/shellCalls.ts';
import { isCovered } from '../state/activity.ts';
import { askShell, isDesktop } from '../state/line.ts';
import { choices } from '../state/settings.ts';
import { composer } from '../state/writing.ts';
import { t } from '../strings/en.ts';

type Bounds = ShellCallInput<'shell.place'>['bounds'];

/** The text, in a document of its own that can run nothing, load nothing and reach nothing. */
const WebFrame = ({ url }: { url: string }) => (
  <iframe
    class="body"
    src={url}
    sandbox=""
    referrerpolicy="no-referrer"
    title={t.reader.frame}
    style={{ zoom: choices.value.text / 100 }}
  />
);

/** The part of a box that shows: the shell's view lies over the page, and must cover neither its bars nor what is written. */
const shownPart = (box: Element): Bounds => {
  if (isCovered.value) return null;
  const own = box.getBoundingClientRect();
  const clip = box.closest('.reader')?.getBoundingClientRect() ?? own;
  const bar = box.closest('.reader')?.querySelector('.toolbar')?.getBoundingClientRect();
  const over = composer.value ? document.querySelector('.composer')?.getBoundingClientRect() : undefined;
  const top = Math.max(own.top, bar?.bottom ?? clip.top);
  const bottom = Math.min(own.bottom, clip.bottom, over && over.left < own.right ? over.top : own.bottom);
  if (bottom <= top) return null;
  return {
    x: Math.round(own.left),
    y: Math.round(top),
    width: Math.round(own.width),
    height: Math.round(bottom - top),
  };
};

/** The same in the desktop app: the shell shows the message in a view of its own, where this box is. */
const ShellFrame = ({ url }: { url: string }) => {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // A view that was closed for many others is not there any more.
    const tell = (told: Promise<unknown>): void => void told.catch(() => undefined);
    const element = box.current;
    if (!element) return;
    let next = 0;
    const place = (): void => {
      cancelAnimationFrame(next);
      // After the frame in which a sheet or the composer came or went.
      next = requestAnimationFrame(() => tell(askShell('shell.place', { url, bounds: shownPart(element) })));
    };
    const sizes = new ResizeObserver(place);
    sizes.observe(element);
    document.addEventListener('scroll', place, true);
    addEventListener('resize', place);
    const stop = effect(() => {
      void [isCovered.value, composer.value === null];
      place();
    });
    return () => {
      stop();
      sizes.disconnect();
      document.removeEventListener('scroll', place, true);
      removeEventListener('resize', place);
      cancelAnimationFrame(next);
      tell(askShell('shell.close', { url }));
    };
  }, [url]);
  return <div ref={box} class="body" role="document" aria-label={t.reader.frame} />;
};

/** The text of a message, isolated from the window. */
export const Frame = ({ url }: { url: string }) =>
  isDesktop() ? <ShellFrame key={url} url={url} /> : <WebFrame key={url} url={url} />;
