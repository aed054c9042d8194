/** Starts what could be a sentry, prints what identifies it, and ends. */
import { listenSocket, socketPair } from '../../src/runtime/host.js';
import { spawnSentry } from '../../src/runtime/sentry-process.js';

const listen = listenSocket(process.argv[2]!, 'control.sock');
const [control] = socketPair();
const sentry = spawnSentry({ control, listen, sandboxId: 'box', command: ['/bin/sleep', '100'] });
process.stdout.write(`${sentry.pid} ${sentry.startTime}`);
