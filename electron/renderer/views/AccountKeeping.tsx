import type { AccountSettings, AccountSettingsPatch } from '../../../src-shared/accountSettings.ts';
import { inBytes } from '../lib/sizes.ts';
import { t } from '../strings/en.ts';

type Bodies = AccountSettings['bodies'];

/** The usual choices, and what is set where it is none of them. */
const withOwn = (
  usual: Record<number, string>,
  own: number | null,
  name: (n: number) => string,
): [number, string][] => {
  const choices = Object.entries(usual).map(([value, shown]): [number, string] => [Number(value), shown]);
  if (own !== null && !(own in usual)) choices.push([own, name(own)]);
  return choices.toSorted(([a], [b]) => a - b);
};

/** What of an account's mail stays on this computer. */
export const AccountKeeping = (props: { bodies: Bodies; change: (patch: AccountSettingsPatch) => void }) => {
  const { prefetch, maxBytes, maxDays } = props.bodies;
  const set = (bodies: Partial<Bodies>): void => props.change({ bodies });
  return (
    <details>
      <summary>{t.account.keeping}</summary>
      <p class="hint">{t.account.keepingHint}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={prefetch}
          onChange={(event) => set({ prefetch: event.currentTarget.checked })}
        />
        {t.account.prefetch}
      </label>
      <label class="field">
        <span>{t.account.most}</span>
        <select value={maxBytes} onChange={(event) => set({ maxBytes: Number(event.currentTarget.value) })}>
          {withOwn(t.account.sizes, maxBytes, inBytes).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t.account.age}</span>
        <select value={maxDays ?? ''} onChange={(event) => set({ maxDays: Number(event.currentTarget.value) || null })}>
          <option value="">{t.account.allAges}</option>
          {withOwn(t.account.ages, maxDays, t.account.someDays).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </details>
  );
};
