/** Just enough of a kernel for files that need no host: a clock that the test moves, and tasks with names. */

import { initialCred } from '../../../src/kernel/cred.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { Settings } from '../../../src/kernel/settings.js';
import type { Task } from '../../../src/kernel/task.js';
import { TimerQueue } from '../../../src/kernel/timers.js';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../../src/kernel/wait.js';

export interface FakeKernel {
  kernel: Kernel;
  /** Moves the clock and runs what is due. */
  advance(ms: number): void;
}

export function fakeKernel(): FakeKernel {
  let now = 1000;
  const timers = new TimerQueue(() => now);
  const kernel = { now: () => now, realtime: () => ({ sec: 1, nsec: 0 }), timers, settings: new Settings() };
  return {
    kernel: kernel as unknown as Kernel,
    advance(ms) {
      now += ms;
      timers.run();
    },
  };
}

export function fakeTask(kernel: Kernel, uid = 0): Task {
  const group = { limit: () => 1024 };
  return { kernel, pid: 7, tid: 7, cred: initialCred(uid, uid, []), group } as unknown as Task;
}

/** A call that may wait: woken by its queues, `result` is set once it is over. */
export class Call {
  result: number | undefined;
  private end: () => void = () => {};

  constructor(r: SyscallResult) {
    if (typeof r === 'number') {
      this.result = r;
      return;
    }
    const waiter = {
      wake: (): boolean => {
        if (this.result !== undefined) return false;
        const v = r.retry();
        if (v === WOULD_BLOCK) return false;
        this.result = v;
        this.end();
        return true;
      },
    };
    for (const q of r.on) q.add(waiter);
    this.end = () => {
      for (const q of r.on) q.remove(waiter);
      r.done?.();
    };
    waiter.wake();
    this.interrupt = () => {
      const v = r.interrupted;
      this.result = typeof v === 'function' ? v() : (v ?? -512);
      this.end();
    };
  }
  interrupt: () => void = () => {};
  get waiting(): boolean {
    return this.result === undefined;
  }
}

export function bytes(text: string | number): BufferSource {
  return new BufferSource(typeof text === 'number' ? new Uint8Array(text) : Buffer.from(text, 'latin1'));
}

/** A buffer of `size` bytes to read into. */
export function room(size: number): { sink: BufferSink; text: () => string } {
  const buf = Buffer.alloc(size);
  const sink = new BufferSink(buf);
  return { sink, text: () => buf.subarray(0, sink.filled).toString('latin1') };
}
