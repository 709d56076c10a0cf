import type { Client, Side } from './side.ts';

/** Something that is put to both servers; what they say is compared step by step. */
export type Exchange = [name: string, say: (side: Side) => Promise<unknown>];

/** Sends commands one after the other. */
export const all = async (client: Client, ...commands: string[]): Promise<Record<string, unknown>> => {
  const answers: Record<string, unknown> = {};
  for (const [index, command] of commands.entries()) answers[`${index} ${command}`] = await client.ask(command);
  return answers;
};

/** Commands on an account with these mails. */
export const script =
  (mails: string[], ...commands: string[]) =>
  async (side: Side): Promise<unknown> => {
    await side.bring(...mails);
    return all(await side.client(), ...commands);
  };

/** Subjects of three plain mails. */
export const three = ['one', 'two', 'three'];
