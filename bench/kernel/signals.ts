/** Signal bookkeeping: sending, with the host's part answered at once. */
import { SIGCHLD, SIGTERM, SIGUSR1 } from '../../src/abi/signal.js';
import { mayKill, sendToProcess, sendToTask } from '../../src/kernel/signals.js';
import { deliverable, sigBit, signalState } from '../../src/kernel/sigstate.js';
import { world } from '../../test/unit/kernel/fake.js';
import type { KernelRow } from './row.js';

const family = 'signals';
const batch = 20;

/** A child of pid 1 that handles SIGUSR1, and the host that hears of it. */
function receiver() {
  const { init, fork, host } = world();
  const child = fork(init, 10);
  host.masks.set(child.group.hostPid, { caught: [SIGUSR1] });
  // Composed once: the fake host's own work is not what is measured.
  const known = new BigUint64Array(5);
  host.signalSets(child.group.hostPid, known);
  host.signalSets = (_tid, sets) => {
    sets.set(known);
    return 0;
  };
  return { init, child, host };
}

export const signalRows: readonly KernelRow[] = [
  {
    name: 'signal-process',
    label: 'send a handled signal to a process',
    family,
    batch,
    prepare: () => {
      const { child, host } = receiver();
      const info = { signo: SIGUSR1, code: 0, pid: 1, uid: 0 };
      return () => {
        // The fake host remembers what it was told.
        host.sent.length = 0;
        for (let i = 0; i < batch; i++) {
          sendToProcess(child.group, info);
        }
        return host.sent.length;
      };
    },
    expected: batch,
  },
  {
    name: 'signal-thread',
    label: 'send a handled signal to a thread',
    family,
    batch,
    prepare: () => {
      const { child, host } = receiver();
      const info = { signo: SIGUSR1, code: -6, pid: 1, uid: 0 };
      return () => {
        host.sent.length = 0;
        for (let i = 0; i < batch; i++) {
          sendToTask(child, info);
        }
        return host.sent.length;
      };
    },
    expected: batch,
  },
  {
    name: 'signal-permission',
    label: 'ask whether a signal may be sent',
    family,
    batch,
    prepare: () => {
      const { init, child } = receiver();
      return () => {
        let allowed = 0;
        for (let i = 0; i < batch; i++) {
          allowed += mayKill(child, init.group, SIGTERM) ? 1 : 0;
        }
        return allowed;
      };
    },
    expected: batch,
  },
  {
    name: 'signal-state',
    label: 'ask for the signal sets of a thread',
    family,
    batch,
    prepare: () => {
      const { child, host } = receiver();
      const known = new BigUint64Array([0n, sigBit(SIGCHLD), sigBit(SIGTERM), 0n, sigBit(SIGCHLD)]);
      host.signalSets = (_tid, sets) => {
        sets.set(known);
        return 0;
      };
      return () => {
        let set = 0n;
        for (let i = 0; i < batch; i++) {
          const state = signalState(child);
          set =
            state === undefined ? 0n : deliverable(state, sigBit(SIGCHLD) | sigBit(SIGTERM), state.blocked);
        }
        return set;
      };
    },
    expected: sigBit(SIGCHLD),
  },
];
