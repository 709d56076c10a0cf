/** The window's pictures, as strokes on a square of 24. */
const paths = {
  inbox: 'M4 5h16v14H4zM4 14h4.5l1.5 2.5h4l1.5-2.5H20',
  flagged: 'M12 4l2.5 5.2 5.6.8-4 4 .9 5.7-5-2.7-5 2.7.9-5.7-4-4 5.600-.8z',
  drafts: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  sent: 'M4 12l16-7-6 15-3-6zM11 14l9-9',
  archive: 'M4 5h16v4H4zM5.500 9v10h13V9M10 13h4',
  junk: 'M12 4a8 8 0 100 16 8 8 0 000-16zM6.500 6.500l11 11',
  trash: 'M5 7h14M9 7V4.500h6V7M7 7l.8 12.500h8.400L17 7M10.500 10.500v5.500M13.500 10.500v5.500',
  all: 'M4 6h16M4 12h16M4 18h16',
  folder: 'M4 6.500h6l2 2.500h8v9.500H4z',
  compose: 'M5 19l1-4L16 5l3 3L9 18zM13 19h6',
  search: 'M11 5a6 6 0 100 12 6 6 0 000-12zM15.500 15.500L20 20',
  settings: 'M5 7h8M17 7h2M5 12h2M11 12h8M5 17h8M17 17h2M15 5v4M9 10v4M15 15v4',
  activity: 'M4 13h4l2.500-7 3.500 12 2.500-5H20',
  help: 'M9 9.500a3 3 0 116 0c0 2-3 2-3 4.500M12 17.500v.5M12 3.500a8.500 8.500 0 100 17 8.500 8.500 0 000-17z',
  reply: 'M9 7L4 12l5 5M4 12h9c4 0 6 2 7 5',
  replyAll: 'M8 7l-5 5 5 5M12 7l-5 5 5 5M7 12h7c4 0 6 2 7 5',
  forward: 'M15 7l5 5-5 5M20 12h-9c-4 0-6 2-7 5',
  attachment: 'M8 12.500l6-6a2.800 2.800 0 014 4l-8 8a4.500 4.500 0 01-6.500-6.500l7.500-7.500',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M14 6l-6 6 6 6',
  check: 'M5 12.500l4.500 4.500L19 7',
  refresh: 'M19 12a7 7 0 11-2-5M19 4v4h-4',
  more: 'M12 5v1M12 12v1M12 19v1',
  menu: 'M4 7h16M4 12h16M4 17h16',
  read: 'M4 10l8-5 8 5v9H4zM4 10l8 5 8-5',
  unread: 'M4 6h16v12H4zM4 7l8 6 8-6',
  move: 'M4 6.500h6l2 2.500h8v9.500H4zM9 14h6M13 12l2 2-2 2',
  source: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
  clock: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.500l3 2',
  add: 'M12 5v14M5 12h14',
  links: 'M10 14a4 4 0 005.700 0l3-3a4 4 0 00-5.700-5.700l-1 1M14 10a4 4 0 00-5.700 0l-3 3a4 4 0 005.700 5.700l1-1',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  bad: 'M12 4l9 16H3zM12 10v4.500M12 17v.5',
};
export type IconName = keyof typeof paths;

/** A picture beside a text, or within a button that has a name: never the only thing that says it. */
export const Icon = ({ name, filled = false }: { name: IconName; filled?: boolean }) => (
  <svg class={filled ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);

/** A button that shows a picture alone; its name is told to those who cannot see it, and on hovering. */
export const IconButton = ({
  icon,
  name,
  run,
  filled = false,
  pressed,
  keys,
}: {
  icon: IconName;
  name: string;
  run: () => void;
  filled?: boolean;
  pressed?: boolean;
  keys?: string;
}) => (
  <button
    type="button"
    class="icon-button"
    aria-label={name}
    title={keys === undefined ? name : `${name} (${keys})`}
    {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    onClick={run}
  >
    <Icon name={icon} filled={filled} />
  </button>
);
