import { wireEmail } from '../../../src-shared/address.ts';
import type { CallOutput } from '../../../src-shared/contract.ts';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { EventData } from '../../../src-shared/events.ts';
import type { ProbeState } from '../../../src-shared/setup.ts';
import { abortReason, throwIfAborted } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { TestNetwork } from '../../platform.ts';
import { autoconfigProbes, ispdbProbe } from './autoconfig.ts';
import { ranked } from './candidates.ts';
import { createDial } from './dial.ts';
import { guessProbes } from './guess.ts';
import { hostName } from './hosts.ts';
import { jmapProbes } from './jmap.ts';
import { bounded, inTime, isLate, PROBE_MS, SOURCES_MS, TOTAL_MS } from './limits.ts';
import { mxProbe } from './mx.ts';
import type { Finding, Kind, Look, Ports, Probe, Wanted } from './ports.ts';
import { createResolver } from './resolver.ts';
import { srvMailProbe } from './srvMail.ts';
import { tableProbe } from './table.ts';
import { createWeb, type Route } from './web.ts';

/** Finds servers for an address (docs/accounts.md). Throws `invalid`, and the signal's reason. */
export type Discover = (email: string, signal: AbortSignal) => Promise<CallOutput<'accounts.discover'>>;

type Parts = {
  clock: Clock;
  emit: (name: string, data: unknown) => void;
  /** Whether a database of somebody else may be asked, who then knows the address's domain. */
  ispdb: () => Promise<boolean>;
  testNetwork?: TestNetwork | undefined;
};

/** Discovery over the internet, or the network of a test. */
export const createDiscover = ({ clock, emit, ispdb, testNetwork }: Parts): Discover => {
  const route: Route = testNetwork?.route ?? ((address, port) => ({ address, port }));
  const [web, dial] = [createWeb(route), createDial(route)];
  return async (email, signal) => {
    const wanted = wantedFor(email);
    throwIfAborted(signal);
    const resolver = createResolver(testNetwork?.nameServer ?? null);
    const ports: Ports = { resolver, web, dial };
    const tell = (data: EventData<'discovery'>): void => emit('discovery', data);
    try {
      const search = createSearch(clock, email, tell);
      await bounded(clock, TOTAL_MS, signal, (until) => search.run(ports, wanted, ispdb, until));
      throwIfAborted(signal);
      return search.result();
    } finally {
      resolver.cancel();
    }
  };
};

const wantedFor = (email: string): Wanted => {
  const wire = wireEmail(email);
  const at = wire?.lastIndexOf('@') ?? 0;
  const domain = hostName(wire?.slice(at + 1) ?? '');
  if (wire === null || domain === null)
    throw new TernError('invalid', 'not an address of a domain on the internet', { field: 'email' });
  return { email: wire, local: wire.slice(0, at), domain };
};

/** What was found by now, and what every source said. */
const createSearch = (clock: Clock, email: string, tell: (data: EventData<'discovery'>) => void) => {
  const findings: Finding[] = [];
  const states = new Map<Probe, ProbeState>();
  const half: NonNullable<Look['half']> = {};
  const denied = new Set<Kind>();
  const set = (probe: Probe, state: ProbeState['state'], reason?: string): void => {
    const { source, target } = probe;
    states.set(probe, { source, target, state, ...(reason === undefined ? {} : { reason }) });
    tell({
      email,
      probe: { source, target, state, ...(reason === undefined ? {} : { reason }) },
      candidates: ranked(findings),
    });
  };
  const ask = async (probe: Probe, until: AbortSignal): Promise<void> => {
    set(probe, 'looking');
    try {
      const look = await inTime(clock, PROBE_MS, until, probe.look);
      findings.push(...(look.findings ?? []));
      Object.assign(half, look.half);
      for (const kind of look.denied ?? []) denied.add(kind);
      set(probe, look.findings ? 'found' : 'nothing', look.reason);
      await askAll(look.more ?? [], until);
    } catch (thrown) {
      const error = asTernError(thrown);
      if (isLate(error)) set(probe, 'late', error.message);
      // Whoever called it off hears no more of it.
      else if (!until.aborted || isLate(abortReason(until)))
        set(probe, error.kind === 'notFound' ? 'nothing' : 'failed', error.message);
    }
  };
  const askAll = async (probes: readonly Probe[], until: AbortSignal): Promise<void> => {
    await Promise.all(probes.map((probe) => ask(probe, until)));
  };
  return {
    run: async (ports: Ports, wanted: Wanted, ispdb: () => Promise<boolean>, until: AbortSignal): Promise<void> => {
      const mayAsk = await ispdb();
      const sources = [
        ...jmapProbes(ports, wanted, clock),
        srvMailProbe({ ports, clock, wanted }),
        ...autoconfigProbes(ports, wanted),
        ...(mayAsk ? [ispdbProbe(ports, wanted, wanted.domain)] : []),
        mxProbe(ports, wanted, mayAsk),
        tableProbe(wanted),
      ];
      await bounded(clock, SOURCES_MS, until, (signal) => askAll(sources, signal));
      throwIfAborted(until);
      if (findings.every(({ isDoubtful }) => isDoubtful))
        await askAll(guessProbes({ ports, clock, wanted, half, denied }), until);
    },
    result: (): CallOutput<'accounts.discover'> => ({
      candidates: ranked(findings),
      probes: [...states.values()],
    }),
  };
};
