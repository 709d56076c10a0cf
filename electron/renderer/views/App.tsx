import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { accounts } from '../state/accounts.ts';
import { askHost, lineState } from '../state/line.ts';
import { place } from '../state/places.ts';
import { openThread } from '../state/reader.ts';
import { setup } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { Composer } from './Composer.tsx';
import { Ended } from './Ended.tsx';
import { IconButton } from './icons.tsx';
import { MessageList } from './MessageList.tsx';
import { Banners, Toasts } from './Notices.tsx';
import { Outgoing } from './Outgoing.tsx';
import { Reader } from './Reader.tsx';
import { SearchBar } from './SearchBar.tsx';
import { Setup } from './Setup.tsx';
import { Sheets } from './Sheets.tsx';
import { Sidebar } from './Sidebar.tsx';

/** What a browser's page is, said on it: nobody shall take it for a site. */
const Place = () => {
  const [where, setWhere] = useState('');
  useEffect(() => {
    void askHost('host.info', {}).then((info) => setWhere(info.kind === 'web' ? info.where : ''));
  }, []);
  return where === '' ? null : <p class="place-note">{t.web(where)}</p>;
};

/** In a narrow window the mailboxes lie over the list while they are asked for: they have the focus, and go with it. */
const useMenu = () => {
  const [open, setOpen] = useState(false);
  const side = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (open) side.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, [open]);
  const close = (): void => {
    setOpen(false);
    opener.current?.querySelector('button')?.focus();
  };
  const follow = {
    onKeyDown: (event: KeyboardEvent): void => {
      if (!open || event.key !== 'Escape') return;
      event.preventDefault();
      close();
    },
    onClick: ({ target }: Event): void => {
      if (open && target instanceof Element && target.closest('.place, .compose')) setOpen(false);
    },
    onFocusOut: ({ relatedTarget }: FocusEvent): void => {
      const to = relatedTarget instanceof Node ? relatedTarget : null;
      if (to && !side.current?.contains(to) && !opener.current?.contains(to)) setOpen(false);
    },
  };
  return { open, setOpen, side, opener, follow };
};

const Panes = () => {
  const menu = useMenu();
  return (
    <div class="window">
      <div class={`panes${openThread.value ? ' reading' : ''}${menu.open ? ' menu' : ''}`}>
        <div ref={menu.side} class="side" {...menu.follow}>
          <Sidebar />
        </div>
        <main class="main">
          <div class="top">
            <span ref={menu.opener} class="menu-button">
              <IconButton icon="menu" name={t.sidebar.menu} run={() => menu.setOpen(!menu.open)} pressed={menu.open} />
            </span>
            <SearchBar />
            <Place />
          </div>
          <Banners />
          <div class="columns">
            {place.value.kind === 'outgoing' ? <Outgoing /> : <MessageList />}
            <Reader />
          </div>
        </main>
        {menu.open && <div class="behind" onClick={() => menu.setOpen(false)} />}
      </div>
    </div>
  );
};

/** The whole window. */
export const App = () => {
  const line = lineState.value;
  if (line === 'closed' || line === 'refused') return <Ended why={line} />;
  if (line === 'opening' || accounts.value === null) return <p class="empty">{t.loading}</p>;
  return (
    <>
      {setup.value ? <Setup /> : <Panes />}
      {!setup.value && <Composer />}
      <Sheets />
      <Toasts />
    </>
  );
};
