import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ECHILD, ERESTARTSYS } from '../../../src/abi/errno.js';
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM, WEXITED, WNOWAIT, WSTOPPED } from '../../../src/abi/sched.js';
import {
  CLD_DUMPED,
  CLD_EXITED,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
  SIGSTOP,
  SIGTERM,
  SIGTSTP,
  SIGUSR1,
} from '../../../src/abi/signal.js';
import { startBlock } from '../../../src/kernel/blocking.js';
import { waitChild } from '../../../src/kernel/children.js';
import { exitCode, taskExited } from '../../../src/kernel/exit.js';
import { findTask, groupFor, joinGroup, newSession } from '../../../src/kernel/ids.js';
import { onGroupStop, onSignalStop, sendToProcess } from '../../../src/kernel/signals.js';
import type { Task } from '../../../src/kernel/task.js';
import { WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { world } from './fake.js';

const ALL = { kind: 'all' } as const;
const THREAD = { flags: CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, exitSignal: 0 };

/** A wait for any child, as wait4 makes it; the result is the child's pid. */
function waitAny(task: Task, options = WEXITED): void {
  startBlock(task, {
    on: [task.group.childQueue],
    retry() {
      const r = waitChild(task, ALL, options, false);
      if (typeof r === 'number') return r === 0 ? WOULD_BLOCK : r;
      return r.pid;
    },
  });
}

describe('the end of a process', () => {
  it('leaves a zombie until the parent waits, and gives the pid back then', () => {
    const { kernel, container, host, init, fork } = world();
    host.masks.set(1002, { caught: [SIGCHLD] });
    const child = fork(init, 10);
    host.cpu.set(1010, 4000);
    taskExited(kernel, child, 3 << 8);
    assert.equal(container.pids.processes.has(10), true);
    assert.deepEqual(host.sent, [{ tgid: 1002, tid: 0, sig: SIGCHLD, code: CLD_EXITED, pid: 10, value: 3 }]);
    const peek = waitChild(init, ALL, WEXITED | WNOWAIT, false);
    assert.equal(typeof peek === 'object' && peek.word, 0x300);
    const r = waitChild(init, ALL, WEXITED, true);
    assert.ok(typeof r === 'object');
    assert.deepEqual([r.pid, r.code, r.status], [10, CLD_EXITED, 3]);
    assert.deepEqual([r.usage?.utime, r.usage?.stime, r.usage?.minflt], [3000, 1000, 5]);
    assert.deepEqual(host.reaped, [10]);
    assert.equal(init.group.childUsage?.utime, 3000);
    assert.equal(waitChild(init, ALL, WEXITED, false), -ECHILD);
  });

  it('decodes deaths by signal', () => {
    assert.deepEqual(exitCode(0x8b), { code: CLD_DUMPED, status: 11 });
    assert.deepEqual(exitCode(9).status, 9);
  });

  it('is answered to a parent that waits already, before SIGCHLD could interrupt it', () => {
    const { kernel, host, init, fork } = world();
    host.masks.set(1002, { caught: [SIGCHLD] });
    init.group.sigchldDisposition = 2;
    const child = fork(init, 10);
    waitAny(init);
    assert.deepEqual(host.replies, []);
    taskExited(kernel, child, 0);
    assert.deepEqual(host.replies, [{ tid: 1002, value: 10 }]);
    assert.deepEqual(host.signalsOf(1002), [SIGCHLD]);
  });

  it('sends no SIGCHLD to a lone waiter with the default action', () => {
    const { kernel, host, init, fork } = world();
    const child = fork(init, 10);
    waitAny(init);
    taskExited(kernel, child, 0);
    assert.equal(host.replies.length, 1);
    assert.deepEqual(host.sent, []);
  });

  it('needs no wait when SIGCHLD is ignored; a waiter then learns that nobody is left', () => {
    const { kernel, host, init, fork } = world();
    init.group.sigchldDisposition = 1;
    host.masks.set(1002, { ignored: [SIGCHLD] });
    const child = fork(init, 10);
    waitAny(init);
    taskExited(kernel, child, 0);
    assert.deepEqual(host.reaped, [10]);
    assert.deepEqual(host.replies, [{ tid: 1002, value: -ECHILD }]);
  });

  it('happens with the last thread', () => {
    const { kernel, container, host, init, fork } = world();
    const child = fork(init, 10);
    const thread = fork(child, 11, THREAD);
    taskExited(kernel, thread, 0);
    assert.equal(child.group.zombie, false);
    assert.equal(findTask(container.pids, 11), undefined);
    taskExited(kernel, child, 7 << 8);
    assert.equal(child.group.exitStatus, 7 << 8);
    assert.deepEqual(host.reaped, []);
  });

  it('gives children to the nearest subreaper, else to pid 1, zombies included', () => {
    const { kernel, init, fork } = world();
    const keeper = fork(init, 10);
    keeper.group.childSubreaper = true;
    const middle = fork(keeper, 11);
    const orphan = fork(middle, 12);
    const dead = fork(middle, 13);
    taskExited(kernel, dead, 0);
    taskExited(kernel, middle, 0);
    assert.equal(orphan.group.parent, keeper.group);
    assert.equal(dead.group.parent, keeper.group);
    taskExited(kernel, keeper, 0);
    assert.equal(orphan.group.parent, init.group);
    assert.deepEqual([...init.group.children].map((c) => c.pid).sort(), [10, 11, 12, 13]);
  });

  it('sends PR_SET_PDEATHSIG to children of the dead thread only', () => {
    const { kernel, host, init, fork } = world();
    const parent = fork(init, 10);
    const thread = fork(parent, 11, THREAD);
    const a = fork(parent, 12);
    const b = fork(thread, 13);
    a.group.parentDeathSignal = SIGTERM;
    b.group.parentDeathSignal = SIGUSR1;
    taskExited(kernel, thread, 0);
    assert.deepEqual([host.signalsOf(1012), host.signalsOf(1013)], [[], [SIGUSR1]]);
  });

  it('of pid 1 kills everything else', () => {
    const { kernel, container, host, init, fork } = world();
    const child = fork(init, 10);
    const grandchild = fork(child, 11);
    taskExited(kernel, init, 5 << 8);
    assert.equal(container.exitStatus, 5 << 8);
    assert.deepEqual([host.signalsOf(1010), host.signalsOf(1011)], [[SIGKILL], [SIGKILL]]);
    taskExited(kernel, child, 9);
    taskExited(kernel, grandchild, 9);
    assert.deepEqual(host.reaped.sort(), [10, 11, 2]);
  });

  it('keeps the number of a group leader from reuse while the group lives', () => {
    const { kernel, container, host, init, fork } = world();
    const leader = fork(init, 10);
    joinGroup(leader.group, groupFor(container.pids, 10, leader.group.session));
    const member = fork(leader, 11);
    taskExited(kernel, leader, 0);
    waitChild(init, ALL, WEXITED, false);
    assert.equal(container.pids.processes.has(10), false);
    assert.deepEqual(host.reaped, []);
    taskExited(kernel, member, 0);
    waitChild(init, ALL, WEXITED, false);
    assert.deepEqual(host.reaped.sort(), [10, 11]);
    assert.equal(container.pids.groups.has(10), false);
  });
});

describe('stopped process groups', () => {
  it('report the stop once all threads are in it, and the continuation', () => {
    const { host, init, fork } = world();
    host.masks.set(1002, { caught: [SIGCHLD] });
    const child = fork(init, 10);
    const thread = fork(child, 11, THREAD);
    onGroupStop(child, SIGSTOP);
    assert.equal(waitChild(init, ALL, WSTOPPED, false), 0);
    onGroupStop(thread, SIGSTOP);
    const r = waitChild(init, ALL, WSTOPPED, false);
    assert.equal(typeof r === 'object' && r.word, (SIGSTOP << 8) | 0x7f);
    assert.equal(waitChild(init, ALL, WSTOPPED, false), 0);
    sendToProcess(child.group, { signo: SIGCONT, code: 0, pid: 1 });
    assert.equal(child.group.stopSignal, 0);
    assert.deepEqual(host.signalsOf(1002), [SIGCHLD, SIGCHLD]);
  });

  it('get SIGHUP and SIGCONT when they become orphaned', () => {
    const { kernel, container, host, init, fork } = world();
    const shell = fork(init, 10);
    newSession(shell.group);
    const job = fork(shell, 11);
    joinGroup(job.group, groupFor(container.pids, 11, shell.group.session));
    onGroupStop(job, SIGTSTP);
    taskExited(kernel, shell, 0);
    assert.deepEqual(host.signalsOf(1011), [SIGHUP, SIGCONT]);
  });

  it('stop for SIGTSTP by the default action unless orphaned, and say so by its own number', () => {
    const { container, init, fork } = world();
    const shell = fork(init, 10);
    newSession(shell.group);
    const job = fork(shell, 11);
    assert.equal(onSignalStop(job, SIGTSTP), 0);
    joinGroup(job.group, groupFor(container.pids, 11, shell.group.session));
    assert.equal(onSignalStop(job, SIGTSTP), SIGSTOP);
    onGroupStop(job, SIGSTOP);
    assert.equal(job.group.stopSignal, SIGTSTP);
  });

  it('end the waits of their threads so that these can stop', () => {
    const { host, init, fork } = world();
    const child = fork(init, 10);
    const thread = fork(child, 11, THREAD);
    startBlock(thread, { on: [], retry: () => WOULD_BLOCK });
    onGroupStop(child, SIGSTOP);
    assert.deepEqual(host.replies, [{ tid: 1011, value: -ERESTARTSYS }]);
  });
});
