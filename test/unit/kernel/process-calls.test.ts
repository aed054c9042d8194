import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EACCES, EINVAL, EPERM, ESRCH } from '../../../src/abi/errno.js';
import { SIGTERM } from '../../../src/abi/signal.js';
import type { SyscallName } from '../../../src/arch/x86-64-syscalls.js';
import { initialCred } from '../../../src/kernel/cred.js';
import { taskExited } from '../../../src/kernel/exit.js';
import type { Task } from '../../../src/kernel/task.js';
import type { SyscallArgs } from '../../../syscalls/family.js';
import { processFamily } from '../../../syscalls/process.js';
import { signalFamily } from '../../../syscalls/signal.js';
import { world } from './fake.js';

function call(task: Task, name: SyscallName, ...values: number[]): unknown {
  const at = (i: number): number => values[i] ?? 0;
  const args: SyscallArgs = {
    int: (i) => at(i) | 0,
    uint: (i) => at(i) >>> 0,
    long: at,
    ptr: at,
    big: (i) => BigInt(at(i)),
  };
  const entry = processFamily[name] ?? signalFamily[name];
  assert.ok(entry, name);
  return entry.handler(task, args);
}

describe('pid 1', () => {
  it('goes by the number that libc knows its thread by, too', () => {
    const { host, init } = world();
    host.masks.set(1002, { caught: [SIGTERM] });
    assert.deepEqual([call(init, 'getpid'), call(init, 'gettid'), call(init, 'getppid')], [1, 1, 0]);
    assert.equal(call(init, 'tgkill', 1, 2, SIGTERM), 0);
    assert.deepEqual([host.sent[0]?.tgid, host.sent[0]?.tid], [1002, 1002]);
    assert.equal(call(init, 'tgkill', 1, 3, SIGTERM), -ESRCH);
  });
});

describe('setpgid', () => {
  it('keeps the rules of job control', () => {
    const { init, fork } = world();
    const shell = fork(init, 10);
    assert.equal(call(shell, 'setsid'), 10);
    assert.equal(call(shell, 'setsid'), -EPERM);
    assert.equal(call(shell, 'setpgid', 0, 0), -EPERM, 'a session leader');
    const a = fork(shell, 11);
    const b = fork(shell, 12);
    assert.equal(call(shell, 'setpgid', 11, 0), 0);
    assert.equal(call(b, 'setpgid', 0, 11), 0);
    assert.deepEqual([call(shell, 'getpgid', 12), call(shell, 'getsid', 12)], [11, 10]);
    assert.equal(call(b, 'setpgid', 11, 0), -ESRCH, 'not a child');
    assert.equal(call(b, 'setpgid', 0, 99), -EPERM, 'no such group');
    assert.equal(call(b, 'setpgid', 0, 1), -EPERM, 'a group of another session');
    assert.equal(call(b, 'setpgid', 0, -1), -EINVAL);
    b.group.didExec = true;
    assert.equal(call(shell, 'setpgid', 12, 12), -EACCES);
    assert.equal(call(a, 'setsid'), -EPERM, 'leads a group');
    assert.equal(call(b, 'setsid'), 12);
    assert.equal(call(shell, 'setpgid', 12, 12), -EPERM, 'another session');
  });
});

describe('kill', () => {
  it('of a group succeeds if one member may be signalled; of all spares pid 1 and the caller', () => {
    const { kernel, host, init, fork } = world();
    const a = fork(init, 10);
    const b = fork(init, 11);
    const c = fork(init, 12);
    c.cred = initialCred(7, 7, []);
    a.cred = initialCred(7, 7, []);
    assert.equal(call(a, 'kill', 0, SIGTERM), 0);
    assert.deepEqual(
      [host.signalsOf(1010), host.signalsOf(1011), host.signalsOf(1012)],
      [[SIGTERM], [], [SIGTERM]],
    );
    assert.equal(call(a, 'kill', 11, SIGTERM), -EPERM);
    assert.equal(call(a, 'kill', -77, SIGTERM), -ESRCH);
    assert.equal(call(b, 'kill', -1, SIGTERM), 0);
    assert.deepEqual([host.signalsOf(1002), host.signalsOf(1011), host.signalsOf(1012).length], [[], [], 2]);
    assert.equal(call(b, 'kill', 10, 65), -EINVAL);
    taskExited(kernel, c, 0);
    assert.equal(call(b, 'kill', 12, SIGTERM), 0, 'a zombie');
    assert.equal(host.signalsOf(1012).length, 2);
  });
});
