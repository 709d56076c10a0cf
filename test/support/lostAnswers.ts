import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Outgoing } from '../../src-main/driver/outgoing.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { RequestTest } from '../servers/jmap/faults.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { type SendingRig, sendingRig } from './sendingRig.ts';

export type Rig = SendingRig & { server: JmapServer };

export const submits: RequestTest = ({ methodCalls }) => methodCalls.some(([name]) => name === 'EmailSubmission/set');

/** Servers as they are, by what they do about submissions. */
export const servers: [name: string, set: (server: JmapServer) => void][] = [
  ['one by the book', () => {}],
  ['one that forgets submissions at once, as Cyrus', ({ trouble }) => trouble.forgetSubmissions(true)],
  ['one that takes any state of submissions, as James', ({ trouble }) => trouble.ignoreSubmissionState(true)],
  ['one where nothing can hang on an answer', ({ trouble }) => trouble.onlyIdReferences('passed over')],
  [
    'one that takes any state of anything, and forgets',
    ({ trouble }) => {
      trouble.ignoreIfInState(true);
      trouble.forgetSubmissions(true);
    },
  ],
  ['one that leaves out what follows', ({ trouble }) => trouble.forgetSuccess(true)],
  [
    'one that leaves out what follows, and forgets',
    ({ trouble }) => {
      trouble.forgetSuccess(true);
      trouble.forgetSubmissions(true);
    },
  ],
];

/**
 * Sends as whoever uses it does: looks where no answer came, and tries again only where it is certain that nobody got it. Answers
 * how it ended, and the looks in between.
 */
export const send = async (rig: Rig, message: Outgoing): Promise<string[]> => {
  const told: string[] = [];
  for (let tries = 0; tries < 3; tries++) {
    const { result } = await rig.submit(message).catch((error: unknown) => {
      assert.ok(error instanceof TernError);
      return { result: `threw ${error.kind}` };
    });
    told.push(result);
    if (result === 'unknown') {
      const fate = await rig.fate(message);
      told.push(typeof fate === 'string' ? fate : JSON.stringify(fate));
      if (fate !== 'refused') return told;
    } else if (!result.startsWith('threw') && result !== 'failed') return told;
  }
  return told;
};

export const lettersTo = async (
  t: TestContext,
  set: (server: JmapServer) => void,
): Promise<[Rig, Outgoing & { email: string }]> => {
  const rig = await sendingRig(t);
  const message = await rig.ready({ id: 'one' });
  set(rig.server);
  return [rig, message];
};
