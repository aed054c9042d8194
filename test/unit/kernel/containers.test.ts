/** Several containers in one kernel: who sees whom, and whose end is the end of what. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, ESRCH } from '../../../src/abi/errno.js';
import { SIGKILL, SIGTERM } from '../../../src/abi/signal.js';
import { Container } from '../../../src/kernel/container.js';
import { initialCred } from '../../../src/kernel/cred.js';
import { taskExited } from '../../../src/kernel/exit.js';
import { createExec, createInit, prepareClone } from '../../../src/kernel/fork.js';
import { findProcess, findTask } from '../../../src/kernel/ids.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import type { Path } from '../../../src/vfs/dentry.js';
import { FdTable } from '../../../src/vfs/fdtable.js';
import type { SyscallArgs } from '../../../syscalls/family.js';
import { signalFamily } from '../../../syscalls/signal.js';
import { PLAIN, type World, world } from './fake.js';

const NO_PATH = {} as Path;

function options(pid: number) {
  const limits = Array.from({ length: 16 }, () => ({ soft: Infinity, hard: Infinity }));
  const fs = new FsContext(NO_PATH, NO_PATH, 0o22);
  const cred = initialCred(0, 0, []);
  return { hostPid: 1000 + pid, guestPid: pid, cred, fs, files: new FdTable(), limits };
}

function second(w: World, shared: { pids?: boolean } = {}): { container: Container; init: Task } {
  const pids = shared.pids === true ? { pids: w.container.pids } : {};
  const container = new Container(w.kernel, { id: 'two', hostname: 'two', ...pids });
  return { container, init: createInit(container, options(20)) };
}

function kill(task: Task, pid: number, sig: number): unknown {
  const values = [pid, sig];
  const args = { int: (i: number) => values[i] ?? 0 } as SyscallArgs;
  return signalFamily.kill?.handler(task, args);
}

test('each has a pid 1, and processes of the other do not exist', () => {
  const w = world();
  const two = second(w);
  const child = w.fork(w.init, 10);
  assert.deepEqual([w.init.pid, two.init.pid], [1, 1]);
  assert.equal(findProcess(two.container.pids, 20), two.init.group, 'the host number is a name of pid 1');
  assert.equal(findTask(two.container.pids, 10), undefined);
  assert.equal(kill(two.init, 10, SIGTERM), -ESRCH);
  assert.equal(kill(two.init, -10, SIGTERM), -ESRCH);
  assert.equal(kill(two.init, -1, SIGTERM), -ESRCH, 'nobody else is there');
  assert.equal(kill(w.init, -1, SIGTERM), 0);
  assert.deepEqual(w.host.signalsOf(1010), [SIGTERM]);
  assert.deepEqual(w.host.signalsOf(1020), []);
  assert.equal(child.group.ref.in(two.container.pids), 0);
  assert.equal(child.group.ref.in(w.container.pids), 10);
});

test('the end of one pid 1 leaves the other container alone, and is told when nothing is left', () => {
  const w = world();
  const two = second(w);
  const child = w.fork(two.init, 21);
  const told: number[] = [];
  two.container.onExit = (status) => told.push(status);
  taskExited(w.kernel, two.init, 3 << 8);
  assert.deepEqual(w.host.signalsOf(1021), [SIGKILL]);
  assert.deepEqual(w.host.signalsOf(1002), []);
  assert.deepEqual(told, [], 'a process is left');
  assert.equal(prepareClone(child, { ...PLAIN }), -EAGAIN);
  taskExited(w.kernel, child, SIGKILL);
  assert.deepEqual(told, [3 << 8]);
  assert.deepEqual([two.container.processes.size, two.container.tasks, w.kernel.processCount], [0, 0, 1]);
  assert.deepEqual(w.host.reaped.sort(), [20, 21]);
});

test('in a shared pid namespace a container that is not the first one takes only its own with it', () => {
  const w = world();
  const two = second(w, { pids: true });
  assert.equal(two.init.pid, 20);
  const theirs = w.fork(two.init, 21);
  const ours = w.fork(w.init, 10);
  assert.equal(findTask(w.container.pids, 21), theirs, 'they see each other');
  taskExited(w.kernel, two.init, 0);
  assert.deepEqual([w.host.signalsOf(1021), w.host.signalsOf(1010)], [[SIGKILL], []]);
  assert.equal(theirs.group.parent, w.init.group, 'orphans go to pid 1');
  assert.equal(two.container.exitStatus, 0);
  assert.equal(w.container.exitStatus, undefined);
  taskExited(w.kernel, w.init, 0);
  assert.deepEqual(w.host.signalsOf(1010), [SIGKILL]);
  taskExited(w.kernel, ours, SIGKILL);
});

test('the end of the first pid 1 is the end of all who share its namespace', () => {
  const w = world();
  const two = second(w, { pids: true });
  taskExited(w.kernel, w.init, 0);
  assert.deepEqual(w.host.signalsOf(1020), [SIGKILL]);
  taskExited(w.kernel, two.init, SIGKILL);
  assert.equal(two.container.exitStatus, SIGKILL);
});

test('a process started in a running container is nobody’s child, and its end is told', () => {
  const w = world();
  const told: number[] = [];
  const task = createExec(w.container, options(30), (status) => told.push(status));
  assert.equal(task.group.parent, undefined);
  assert.deepEqual([task.pid, task.group.group.pgid, task.group.session.sid], [30, 30, 30]);
  const orphan = w.fork(task, 31);
  taskExited(w.kernel, task, 7 << 8);
  assert.deepEqual(told, [7 << 8]);
  assert.equal(orphan.group.parent, w.init.group);
  assert.deepEqual(w.host.reaped, [], 'its number still names a group');
  taskExited(w.kernel, orphan, 0);
  assert.equal(w.container.exitStatus, undefined);
});

test('the limit of tasks counts threads and zombies', () => {
  const w = world();
  w.container.limits.tasks = 2;
  const child = w.fork(w.init, 10);
  assert.equal(prepareClone(w.init, { ...PLAIN }), -EAGAIN);
  taskExited(w.kernel, child, 0);
  assert.equal(w.container.tasks, 2, 'a zombie');
  assert.equal(prepareClone(w.init, { ...PLAIN }), -EAGAIN);
  const two = second(w);
  w.fork(two.init, 21);
});
