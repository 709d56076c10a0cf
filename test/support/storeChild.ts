// A process of its own with a database file: `hold` keeps it open until stdin ends, `try` opens and closes it,
// `migrate` brings it from the given scripts' schema to the newest. Prints one line per step.
import { Store } from '../../src-main/store/db.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { toWire } from '../../src-shared/errors.ts';

const [, , task, file = '', ...scripts] = process.argv;

try {
  const store = Store.open(file, { create: true });
  if (task === 'migrate')
    migrate(
      store,
      scripts.map((sql, index) => ({ version: index + 1, name: `${index + 1}`, sql })),
    );
  console.log('open');
  if (task === 'hold') {
    process.stdin.resume();
    process.stdin.once('end', () => {
      store.close();
      console.log('closed');
    });
  } else store.close();
} catch (error) {
  const { kind, message } = toWire(error);
  console.log(`${kind}: ${message}`);
}
