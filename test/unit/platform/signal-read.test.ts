import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SI_TIMER, SIGCHLD, SIGIO, SIGSEGV, SIGUSR1 } from '../../../src/abi/signal.js';
import { signalfdInfo } from '../../../src/platform/signal-read.js';

/** siginfo_t with 32-bit words at offsets. */
function siginfo(words: Record<number, number>): DataView {
  const dv = new DataView(new ArrayBuffer(128));
  for (const [at, value] of Object.entries(words)) dv.setInt32(Number(at), value, true);
  return dv;
}
function word(info: DataView, at: number): number {
  const bytes = signalfdInfo(info);
  assert.equal(bytes.length, 128);
  return new DataView(bytes.buffer).getInt32(at, true);
}

describe('struct signalfd_siginfo', () => {
  it('of kill has the sender and no value', () => {
    const info = siginfo({ 0: SIGUSR1, 8: 0, 16: 12, 20: 34, 24: 56 });
    assert.deepEqual(
      [0, 12, 16, 44, 48].map((at) => word(info, at)),
      [SIGUSR1, 12, 34, 0, 0],
    );
  });

  it('of sigqueue has the value as number and as pointer', () => {
    const info = siginfo({ 0: SIGUSR1, 8: -1, 16: 12, 20: 34, 24: 56, 28: 78 });
    assert.deepEqual(
      [12, 16, 44, 48, 52].map((at) => word(info, at)),
      [12, 34, 56, 56, 78],
    );
  });

  it('of a timer has its id and overruns where others have the sender', () => {
    const info = siginfo({ 0: SIGUSR1, 8: SI_TIMER, 16: 3, 20: 9, 24: 56 });
    assert.deepEqual(
      [12, 16, 24, 32, 44].map((at) => word(info, at)),
      [0, 0, 3, 9, 56],
    );
  });

  it('of a child, a fault and a descriptor have their own fields', () => {
    const child = siginfo({ 0: SIGCHLD, 8: 1, 16: 12, 20: 34, 24: 7 });
    assert.deepEqual(
      [12, 16, 40].map((at) => word(child, at)),
      [12, 34, 7],
    );
    assert.equal(word(siginfo({ 0: SIGSEGV, 8: 1, 16: 0x1234 }), 72), 0x1234);
    const io = siginfo({ 0: SIGIO, 8: 1, 16: 5, 24: 6 });
    assert.deepEqual([word(io, 28), word(io, 20)], [5, 6]);
  });
});
