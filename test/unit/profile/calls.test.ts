/** What is counted of calls, on a clock that the test turns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYS } from '../../../src/arch/x86-64-syscalls.js';
import { WaitQueue } from '../../../src/kernel/wait.js';
import { COUNTED_CALLS, type Native } from '../../../src/platform/native.js';
import { CallProfile } from '../../../src/profile/calls.js';
import type { CallReport } from '../../../src/profile/report.js';

const US = 1000;

/** A profile, its addon counters, and a clock in microseconds. */
function setUp(t: { mock: { method(o: object, name: string, f: () => number): unknown } }): {
  profile: CallProfile;
  counters: Float64Array;
  memory: Native;
  pass(us: number): void;
  calls(): Record<string, CallReport>;
} {
  let us = 5;
  t.mock.method(performance, 'now', () => us / 1000);
  const counters = new Float64Array(2 * (COUNTED_CALLS + 1));
  const native = { countCalls: () => counters, readMem: () => 8, writeMem: () => -14 } as unknown as Native;
  const profile = new CallProfile(native);
  return {
    profile,
    counters,
    memory: profile.countMemory(native),
    pass: (n) => {
      us += n;
    },
    calls: () => Object.fromEntries(profile.report().calls.map((c) => [`${c.name} ${c.place}`, c])),
  };
}

test('waiting is apart, and work for another call is that call’s', (t) => {
  const { profile, memory, pass, calls } = setUp(t);
  const reader = profile.enter(SYS.read, 'typescript');
  pass(3);
  profile.waits(reader);
  pass(1000);
  const writer = profile.enter(SYS.write, 'typescript');
  pass(10);
  memory.readMem(1, 0, 0, 8);
  const result = profile.retry(reader, {
    on: [new WaitQueue()],
    retry: () => {
      pass(4);
      memory.readMem(1, 0, 0, 8);
      memory.readMem(1, 0, 0, 8);
      memory.writeMem(1, 0, 0, 8);
      return 1;
    },
  });
  assert.equal(result, 1);
  profile.exit(reader, 1);
  pass(5);
  profile.exit(writer, 1);
  const { 'read typescript': read, 'write typescript': write } = calls();
  assert.deepEqual([read?.time?.total, read?.wait.total, read?.wait.samples], [7 * US, 1010 * US, 1]);
  assert.deepEqual([write?.time?.total, write?.wait.samples], [15 * US, 0]);
  assert.deepEqual(read?.bytes, { moved: 1, guestRead: 16, guestWritten: 0 });
  assert.deepEqual(write?.bytes, { moved: 1, guestRead: 8, guestWritten: 0 });
});

test('errors by name, results that nobody knows, numbers that no kernel has', (t) => {
  const { profile, calls } = setUp(t);
  for (const result of [-2, -2, -13, 7, undefined]) {
    profile.exit(profile.enter(SYS.openat, 'typescript'), result);
  }
  for (const nr of [100_000, 2 ** 31 - 1]) profile.exit(profile.enter(nr, 'typescript'), -38);
  const { 'openat typescript': open, 'unknown typescript': unknown } = calls();
  assert.deepEqual([open?.count, open?.succeeded, open?.failed, open?.unknown], [5, 1, 3, 1]);
  assert.deepEqual(open?.errors, { ENOENT: 2, EACCES: 1 });
  assert.deepEqual([unknown?.nr, unknown?.count, unknown?.errors], [null, 2, { ENOSYS: 2 }]);
});

test('a traced call has the time that the host spends on it, or waits there', (t) => {
  const { profile, pass, calls } = setUp(t);
  for (const [nr, waits] of [
    [SYS.clone, false],
    [SYS.rt_sigtimedwait, true],
  ] as const) {
    const running = profile.enter(nr, 'traced');
    pass(2);
    profile.hostRuns(running, waits);
    pass(100);
    profile.exit(running, 1);
  }
  const { 'clone traced': clone, 'rt_sigtimedwait traced': wait } = calls();
  assert.deepEqual([clone?.time?.total, clone?.wait.total], [102 * US, 0]);
  assert.deepEqual([wait?.time?.total, wait?.wait.total], [2 * US, 100 * US]);
});

test('what the addon answers by itself is counted as fast', (t) => {
  const { counters, calls, profile } = setUp(t);
  counters[SYS.read] = 5;
  counters[COUNTED_CALLS + 1 + SYS.read] = 3;
  counters[SYS.write] = counters[COUNTED_CALLS + 1 + SYS.write] = 9;
  const { 'read fast': read, ...others } = calls();
  assert.deepEqual([read?.count, read?.time], [2, null]);
  assert.deepEqual(Object.keys(others), []);
  assert.equal(profile.report().places.fast.count, 2);
});

test('percentiles are right to 1%', (t) => {
  const { profile, pass, calls } = setUp(t);
  for (let us = 1; us <= 1000; us++) {
    const running = profile.enter(SYS.getpid, 'typescript');
    pass(us);
    profile.exit(running, 1);
  }
  const time = calls()['getpid typescript']?.time;
  for (const [p, us] of [
    ['p50', 500],
    ['p90', 900],
    ['p99', 990],
  ] as const) {
    assert.ok(Math.abs((time?.[p] ?? 0) - us * US) <= 0.01 * us * US, `${p}: ${time?.[p]}`);
  }
  assert.deepEqual([time?.max, time?.total, time?.samples], [1000 * US, 500_500 * US, 1000]);
});
