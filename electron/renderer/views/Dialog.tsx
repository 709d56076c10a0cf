import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

/** Gives the focus back to what had it; where that is gone, or was nothing, to the list. */
const giveBack = (before: Element | null): void => {
  const had = before instanceof HTMLElement && before.isConnected && before !== document.body ? before : null;
  (had ?? document.getElementById('list'))?.focus({ preventScroll: true });
};

/** A dialog in front of everything: Escape and a click beside it close it, and the focus goes back where it was. */
export const Dialog = (props: { title: string; close: () => void; wide?: boolean; children: ComponentChildren }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [before] = useState(() => document.activeElement);
  const isGone = useRef(false);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      isGone.current = true;
      // As long as it is open, nothing beside it can have the focus.
      element?.close();
      giveBack(before);
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={props.wide ? 'wide' : ''}
      aria-label={props.title}
      onClose={() => {
        if (!isGone.current) props.close();
      }}
      onCancel={props.close}
      onClick={(event) => {
        if (event.target === dialog.current) props.close();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 class="grow">{props.title}</h2>
          <IconButton icon="close" name={t.close} run={props.close} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
};
