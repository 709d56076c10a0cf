import { accessCommands } from './commandsAccess.ts';
import { copyCommands } from './commandsCopy.ts';
import { fetchCommands } from './commandsFetch.ts';
import { idleCommands } from './commandsIdle.ts';
import { listCommands } from './commandsList.ts';
import { mailboxCommands } from './commandsMailbox.ts';
import { searchCommands } from './commandsSearch.ts';
import { selectCommands } from './commandsSelect.ts';
import { storeCommands } from './commandsStore.ts';
import type { Verb } from './verb.ts';

/** Every command by its name in capitals, those of UIDs as `UID FETCH`. */
export const commands: ReadonlyMap<string, Verb> = new Map(
  Object.entries({
    ...accessCommands,
    ...idleCommands,
    ...listCommands,
    ...mailboxCommands,
    ...selectCommands,
    ...fetchCommands,
    ...storeCommands,
    ...copyCommands,
    ...searchCommands,
  }),
);
