import { useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** What a menu offers. */
export type MenuItem = { name: string; run: () => void };

/** A button that opens a few more; Escape, a click elsewhere and a choice close them. */
export const Menu = ({ id, name, items }: { id: string; name: string; items: MenuItem[] }) => {
  const box = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" class="icon-button" aria-label={name} title={name} popovertarget={id}>
        <Icon name="more" />
      </button>
      <div ref={box} id={id} class="menu-items" popover="auto" role="group" aria-label={name}>
        {items.map((item) => (
          <button
            key={item.name}
            type="button"
            onClick={() => {
              box.current?.hidePopover();
              item.run();
            }}
          >
            {item.name}
          </button>
        ))}
      </div>
    </>
  );
};
