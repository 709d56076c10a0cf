import { capabilityNames } from './capabilities.ts';
import type { Session } from './session.ts';

/** What CAPABILITY answers a session at this moment. */
export const announced = ({ site, encrypted, signedIn }: Session): string => {
  const { capabilities, faults, signIn, security } = site;
  const names: string[] = ['IMAP4rev1'];
  const plain = security === 'starttls' && !encrypted;
  if (plain && faults.startTls !== 'stripped') names.push('STARTTLS');
  if (plain) names.push('LOGINDISABLED');
  else if (!signedIn) {
    names.push('AUTH=PLAIN');
    if (signIn.token !== null || signIn.tokens) names.push(...site.tokenMechanisms.map((each) => `AUTH=${each}`));
  }
  return [...names, ...capabilityNames.filter((name) => capabilities.has(name))].join(' ');
};
