import { useLayoutEffect, useRef } from 'preact/hooks';
import { serversOf } from '../lib/servers.ts';
import {
  address,
  type Candidate,
  choose,
  chosen,
  discover,
  goBack,
  type Probe,
  setupError,
  typeServers,
} from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { Icon } from './icons.tsx';

const Source = ({ probe }: { probe: Probe }) => (
  <li class={`probe ${probe.state}`}>
    <span class="grow">
      {t.sources[probe.source]} <span class="hint">{probe.target}</span>
      {probe.reason && <span class="hint line">{probe.reason}</span>}
    </span>
    <span class="state">{t.setup.states[probe.state]}</span>
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
      <span class="hint line">{t.foundBy[props.candidate.source]}</span>
    </span>
  </label>
);

const titleOf = (found: number, done: boolean): string => {
  if (!done) return t.setup.looking(address.value);
  return found > 0 ? t.setup.choose : t.setup.nothing(address.value);
};

const Buttons = ({ candidate, done }: { candidate: Candidate | undefined; done: boolean }) => {
  const use = useRef<HTMLButtonElement>(null);
  // Whoever goes by the keyboard goes on with what was found best, or with typing the servers where nothing was.
  useLayoutEffect(() => {
    if (done) use.current?.focus();
  }, [done]);
  const isNothing = done && !candidate;
  const byHand = (
    <button
      key="manual"
      ref={isNothing ? use : null}
      type="button"
      class={isNothing ? 'primary' : ''}
      onClick={typeServers}
    >
      {t.setup.manual}
    </button>
  );
  return (
    <div class="buttons">
      {!isNothing && (
        <button
          key="use"
          ref={candidate ? use : null}
          type="button"
          class="primary"
          disabled={!candidate}
          onClick={() => candidate && choose(candidate)}
        >
          {t.setup.use}
        </button>
      )}
      {byHand}
      {isNothing && (
        <button key="again" type="button" onClick={() => void discover()}>
          {t.setup.again}
        </button>
      )}
      <button key="back" type="button" onClick={goBack}>
        {t.back}
      </button>
    </div>
  );
};

/** What each source says of the address, as it comes, and the ways that were found to choose from. */
export const Found = ({ probes, candidates, done }: { probes: Probe[]; candidates: Candidate[]; done: boolean }) => {
  const candidate = candidates[chosen.value] ?? candidates[0];
  const isNothing = done && candidates.length === 0;
  return (
    <>
      <h2>{titleOf(candidates.length, done)}</h2>
      {isNothing && setupError.value === null && <p>{t.setup.nothingLead}</p>}
      <div class="candidates">
        {candidates.map((each, index) => (
          <Choice
            key={`${each.source}${serversOf(each.config).join()}`}
            candidate={each}
            chosen={each === candidate}
            choose={() => (chosen.value = index)}
          />
        ))}
      </div>
      {candidate?.confirm && (
        <p class="warning">
          <Icon name="bad" /> {t.setup.confirm(candidate.confirm)}
        </p>
      )}
      <Buttons candidate={candidate} done={done} />
      {probes.length > 0 && (
        <details class="probes" open={!done || isNothing}>
          <summary>{t.setup.sourcesTitle}</summary>
          <ul aria-live="polite">
            {probes.map((probe) => (
              <Source key={`${probe.source}${probe.target}`} probe={probe} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
};
