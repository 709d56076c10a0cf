import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { serversOf } from '../lib/servers.ts';
import { address, beginSetup, type Candidate, type Probe, setup, typeServers } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { Icon } from './icons.tsx';

const Source = ({ probe }: { probe: Probe }) => (
  <li class={`probe ${probe.state}`}>
    <span class="grow">
      {t.sources[probe.source]} <span class="hint">{probe.target}</span>
    </span>
    <span class="state" title={probe.reason}>
      {t.setup.states[probe.state]}
    </span>
  </li>
);

const Choice = (props: { candidate: Candidate; chosen: boolean; choose: () => void }) => (
  <label class="choice">
    <input type="radio" name="candidate" checked={props.chosen} onChange={props.choose} />
    <span class="grow">
      <strong>{props.candidate.provider ?? t.setup[props.candidate.config.protocol]}</strong>
      {serversOf(props.candidate.config).map((line) => (
        <span key={line} class="hint line">
          {line}
        </span>
      ))}
    </span>
  </label>
);

/** What each source says of the address, as it comes, and the ways that were found to choose from. */
export const Found = ({ probes, candidates, done }: { probes: Probe[]; candidates: Candidate[]; done: boolean }) => {
  const [at, setAt] = useState(0);
  const use = useRef<HTMLButtonElement>(null);
  // Whoever goes by the keyboard goes on with what was found best.
  useLayoutEffect(() => {
    if (done) use.current?.focus();
  }, [done]);
  const chosen = candidates[at] ?? candidates[0];
  return (
    <>
      <h2>{done ? t.setup.choose : t.setup.looking(address.value)}</h2>
      <div class="candidates">
        {candidates.map((candidate, index) => (
          <Choice
            key={`${candidate.source}${serversOf(candidate.config).join()}`}
            candidate={candidate}
            chosen={candidate === chosen}
            choose={() => setAt(index)}
          />
        ))}
      </div>
      {chosen?.confirm && (
        <p class="warning">
          <Icon name="bad" /> {t.setup.confirm(chosen.confirm)}
        </p>
      )}
      <div class="buttons">
        <button
          ref={use}
          type="button"
          class="primary"
          disabled={!chosen}
          onClick={() => chosen && (setup.value = { step: 'password', candidate: chosen })}
        >
          {t.setup.use}
        </button>
        <button type="button" onClick={typeServers}>
          {t.setup.manual}
        </button>
        <button type="button" onClick={beginSetup}>
          {t.back}
        </button>
      </div>
      <details class="probes" open={!done}>
        <summary>{t.setup.sourcesTitle}</summary>
        <ul aria-live="polite">
          {probes.map((probe) => (
            <Source key={`${probe.source}${probe.target}`} probe={probe} />
          ))}
        </ul>
      </details>
    </>
  );
};
