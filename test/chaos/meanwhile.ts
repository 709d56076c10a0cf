/** What happens at the n-th moment from when it was set at which the server is at work for Tern. */
export type Meanwhile = { left: number; act: () => void | Promise<void> };

/** A moment has come: runs `act` of everything that waited for it. */
export const runMeanwhile = async (waiting: Meanwhile[]): Promise<void> => {
  for (const each of waiting) each.left -= 1;
  const due = waiting.filter(({ left }) => left <= 0);
  for (const each of due) {
    waiting.splice(waiting.indexOf(each), 1);
    await each.act();
  }
};
