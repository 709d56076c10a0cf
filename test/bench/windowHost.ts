import { createNodePlatform } from '../../src-main/platformNode.ts';
import { readShell, startWebHost } from '../../src-main/web/webHost.ts';

/** A host of the window in a process of its own, for the built bundle: prints its address, and ends with its input. */
const [, , dataDir = '', page = ''] = process.argv;
const host = await startWebHost(createNodePlatform(dataDir), readShell(page));
console.log(host.url);
process.stdin.resume().once('end', () => void host.close().then(() => process.exit(0)));
