import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Props = { title: ComponentChildren; wanted?: boolean; opened?: () => void; children: ComponentChildren };

/** What shows when it is asked for. It opens by itself when it is `wanted`, and closes by the person alone. */
export const Disclosure = ({ title, wanted = false, opened, children }: Props) => {
  const [isOpen, setOpen] = useState(wanted);
  useEffect(() => {
    if (wanted) setOpen(true);
  }, [wanted]);
  useEffect(() => {
    if (isOpen) opened?.();
  }, [isOpen]);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {children}
    </details>
  );
};
