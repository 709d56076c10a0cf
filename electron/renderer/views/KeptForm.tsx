import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';

type Props = {
  /** Keeps what was typed; false: something more has to be typed first. */
  keep: () => Promise<boolean>;
  /** What is said once it is kept. */
  said: string;
  children: ComponentChildren;
  /** Beside the button that keeps it. */
  more?: ComponentChildren;
};

/** Fields that are kept together when the person says so, who reads below them what came of it. */
export const KeptForm = ({ keep, said, children, more }: Props) => {
  const [error, setError] = useState<TernError | null>(null);
  const [isKept, setKept] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(null);
    setKept(false);
    try {
      setKept(await keep());
    } catch (failure) {
      setError(asTernError(failure));
    }
  };
  return (
    <form class="stacked" onSubmit={(event) => void submit(event)}>
      {children}
      {error && (
        <p class="bad-text" role="alert">
          {inWords(error)}
        </p>
      )}
      <p role="status">{isKept && said}</p>
      <div class="buttons">
        <button type="submit">{t.settings.save}</button>
        {more}
      </div>
    </form>
  );
};
