import type { Typed } from '../lib/servers.ts';
import { t } from '../strings/en.ts';

type Props = { typed: Typed; change: (some: Partial<Typed>) => void };

const securities = ['tls', 'starttls', 'none'] as const;

const Endpoint = ({ typed, change, server, label }: Props & { server: 'imap' | 'smtp'; label: string }) => (
  <fieldset class="endpoint">
    <legend>{label}</legend>
    <input
      type="text"
      required
      spellcheck={false}
      aria-label={label}
      value={typed[`${server}Host`]}
      onInput={(event) => change({ [`${server}Host`]: event.currentTarget.value })}
    />
    <input
      type="number"
      required
      min={1}
      max={65_535}
      aria-label={`${label}: ${t.setup.port}`}
      value={typed[`${server}Port`]}
      onInput={(event) => change({ [`${server}Port`]: event.currentTarget.value })}
    />
    <select
      aria-label={`${label}: ${t.setup.security}`}
      value={typed[`${server}Security`]}
      onChange={(event) => change({ [`${server}Security`]: event.currentTarget.value as (typeof securities)[number] })}
    >
      {securities.map((security) => (
        <option key={security} value={security}>
          {t.setup.securities[security]}
        </option>
      ))}
    </select>
  </fieldset>
);

/** The servers of an account of one kind. */
export const ServerFields = ({ typed, change }: Props) =>
  typed.protocol === 'jmap' ? (
    <label class="field">
      <span>{t.setup.session}</span>
      <input
        type="text"
        required
        spellcheck={false}
        value={typed.sessionUrl}
        onInput={(event) => change({ sessionUrl: event.currentTarget.value })}
      />
    </label>
  ) : (
    <>
      <Endpoint typed={typed} change={change} server="imap" label={t.setup.imapHost} />
      <Endpoint typed={typed} change={change} server="smtp" label={t.setup.smtpHost} />
    </>
  );
