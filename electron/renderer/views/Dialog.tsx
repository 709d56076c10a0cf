import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../strings/en.ts';
import { IconButton } from './icons.tsx';

/** A dialog in front of everything: Escape and a click beside it close it, and the focus goes back where it was. */
export const Dialog = (props: { title: string; close: () => void; wide?: boolean; children: ComponentChildren }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const inner = document.activeElement;
    dialog.current?.showModal();
    // What was to have the focus within it keeps it.
    if (inner instanceof HTMLElement && dialog.current?.contains(inner)) inner.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={props.wide ? 'wide' : ''}
      aria-label={props.title}
      onClose={props.close}
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
