import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of buffers that something in this process still holds; what is mere garbage is collected first. */
export const bytesHeld = (): number => {
  // The first leaves the memory of buffers to a thread, which the second waits for.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
};

/** Lets whoever reads a file read on, at least so often, and whoever waits for that get on with it. */
export const letRead = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time++) {
    await stat(import.meta.filename);
    await new Promise((resolve) => setImmediate(resolve));
  }
};
