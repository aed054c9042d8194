import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EINTR, ERESTARTNOHAND, ERESTARTSYS } from '../../../src/abi/errno.js';
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../../src/abi/sched.js';
import {
  SI_KERNEL,
  SI_TIMER,
  SIGALRM,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  SIGWINCH,
} from '../../../src/abi/signal.js';
import { startBlock } from '../../../src/kernel/blocking.js';
import { initialCred } from '../../../src/kernel/cred.js';
import { newSession } from '../../../src/kernel/ids.js';
import { setRealTimer } from '../../../src/kernel/itimers.js';
import { PosixTimers } from '../../../src/kernel/posix-timers.js';
import { mayKill, sendToProcess, sendToTask } from '../../../src/kernel/signals.js';
import { sigBit } from '../../../src/kernel/sigstate.js';
import { type Block, WaitQueue, WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { world } from './fake.js';

const THREAD = { flags: CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, exitSignal: 0 };
const wait = (extra: Partial<Block> = {}): Block => ({ on: [], retry: () => WOULD_BLOCK, ...extra });
const USER = { code: 0, pid: 9, uid: 0 };

describe('permission to signal', () => {
  const ids = (uid: number, euid: number, suid: number) => ({ ...initialCred(uid, 0, []), euid, suid });
  // sender (uid, euid) against target (uid, suid), kill(2): real or effective id of the sender, real or saved of the target.
  const cases: [string, [number, number], [number, number, number], boolean][] = [
    ['same real ids', [5, 5], [5, 6, 6], true],
    ['effective to saved', [5, 6], [7, 7, 6], true],
    ['real to saved', [5, 8], [7, 7, 5], true],
    ["only the target's effective id", [5, 5], [7, 5, 7], false],
    ['strangers', [5, 5], [7, 7, 7], false],
  ];
  for (const [name, [uid, euid], [tuid, teuid, tsuid], allowed] of cases) {
    it(`${name}: ${allowed}`, () => {
      const { init, fork } = world();
      const a = fork(init, 10);
      const b = fork(init, 11);
      a.cred = ids(uid, euid, euid);
      b.cred = ids(tuid, teuid, tsuid);
      assert.equal(mayKill(a, b.group, SIGTERM), allowed);
      assert.equal(mayKill(a, b.group, SIGCONT), true);
      newSession(b.group);
      assert.equal(mayKill(a, b.group, SIGCONT), allowed);
    });
  }
});

describe('pid 1', () => {
  it('does not get what it has no handler for from inside', () => {
    const { host, init } = world();
    sendToProcess(init.group, { ...USER, signo: SIGTERM });
    sendToProcess(init.group, { ...USER, signo: SIGKILL });
    assert.deepEqual(host.sent, []);
    host.masks.set(1002, { caught: [SIGTERM] });
    sendToProcess(init.group, { ...USER, signo: SIGTERM });
    assert.deepEqual(host.signalsOf(1002), [SIGTERM]);
  });

  it('gets what it waits for in sigtimedwait', () => {
    const { host, init } = world();
    // What it waits for is missing in the mask that the host shows.
    init.sigwaitBlocked = sigBit(SIGTERM) | sigBit(SIGCHLD);
    sendToProcess(init.group, { ...USER, signo: SIGTERM });
    sendToProcess(init.group, { ...USER, signo: SIGCHLD });
    sendToProcess(init.group, { ...USER, signo: SIGHUP });
    assert.deepEqual(host.signalsOf(1002), [SIGTERM, SIGCHLD]);
  });

  it('gets SIGKILL and SIGSTOP from outside, and of the rest only what it has a handler for', () => {
    const { host, init } = world();
    for (const signo of [SIGTERM, SIGSEGV, SIGSTOP, SIGKILL])
      sendToProcess(init.group, { signo, code: SI_KERNEL });
    assert.deepEqual(host.signalsOf(1002), [SIGSTOP, SIGKILL]);
    host.masks.set(1002, { caught: [SIGTERM] });
    sendToProcess(init.group, { signo: SIGTERM, code: 0 });
    assert.deepEqual(host.signalsOf(1002), [SIGSTOP, SIGKILL, SIGTERM]);
  });
});

describe('a waiting call', () => {
  it('is interrupted after the signal has reached the host', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    let done = 0;
    startBlock(task, wait({ done: () => done++ }));
    const order: string[] = [];
    host.sendSignal = () => order.push('signal') * 0;
    host.reply = (_tid, value) => order.push(`reply ${value}`) * 0;
    sendToProcess(task.group, { ...USER, signo: SIGTERM });
    assert.deepEqual(order, ['signal', `reply ${-ERESTARTSYS}`]);
    assert.equal(done, 1);
    assert.equal(task.block, undefined);
  });

  it('goes on when the signal is blocked, ignored or ignored by default; the last two are not even sent', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    host.masks.set(1010, { blocked: [SIGUSR1], ignored: [SIGUSR2] });
    startBlock(task, wait());
    for (const signo of [SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD]) sendToProcess(task.group, { ...USER, signo });
    assert.deepEqual(host.replies, []);
    assert.deepEqual(host.signalsOf(1010), [SIGUSR1]);
  });

  it('of another thread is ended when the first one blocks the signal', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    const thread = fork(task, 11, THREAD);
    host.masks.set(1010, { blocked: [SIGUSR1] });
    startBlock(task, wait());
    startBlock(thread, wait());
    sendToProcess(task.group, { ...USER, signo: SIGUSR1 });
    assert.deepEqual(host.replies, [{ tid: 1011, value: -ERESTARTSYS }]);
    // The host may have chosen otherwise: a stop makes sure that the restart code never reaches the program.
    assert.deepEqual(host.interrupted, [1011]);
  });

  it('with a mask of its own lets through what the thread blocks', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    host.masks.set(1010, { blocked: [SIGUSR1], caught: [SIGUSR1] });
    startBlock(task, wait({ sigmask: 0n, interrupted: -ERESTARTNOHAND }));
    sendToTask(task, { ...USER, signo: SIGUSR1 });
    assert.deepEqual(host.replies, [{ tid: 1010, value: -EINTR }]);
    assert.deepEqual([task.tempSigmask, task.savedSigmask], [0n, 1n << BigInt(SIGUSR1 - 1)]);
    assert.deepEqual(host.interrupted, [1010]);
  });

  it('sees a signal that was under way when it began', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    sendToTask(task, { ...USER, signo: SIGTERM });
    host.masks.set(1010, { pending: [SIGTERM] });
    startBlock(task, wait());
    assert.deepEqual(host.replies, [{ tid: 1010, value: -ERESTARTSYS }]);
  });

  it('keeps its deadline over a restart, but a new call does not inherit it', () => {
    const { host, init, fork, advance, kernel } = world();
    const task = fork(init, 10);
    const words = new Uint32Array(host.ctl);
    words[1] = 7;
    const poll = (): Block =>
      wait({ deadline: kernel.now() + 100, timeout: () => 0, interrupted: -ERESTARTNOHAND });
    startBlock(task, poll());
    advance(60);
    sendToTask(task, { ...USER, signo: SIGTERM });
    startBlock(task, poll());
    advance(50);
    assert.deepEqual(
      host.replies.map((r) => r.value),
      [-ERESTARTNOHAND, 0],
    );
    host.masks.set(1010, { caught: [SIGTERM] });
    startBlock(task, poll());
    advance(60);
    sendToTask(task, { ...USER, signo: SIGTERM });
    startBlock(task, poll());
    advance(50);
    assert.equal(host.replies.length, 3);
    advance(50);
    assert.equal(host.replies.at(-1)?.value, 0);
  });

  it('that a wake-up cannot finish waits on, and two wake-ups finish it once', () => {
    const { host, init, fork } = world();
    const task = fork(init, 10);
    const queue = new WaitQueue();
    let ready = false;
    startBlock(task, { on: [queue], retry: () => (ready ? 42 : WOULD_BLOCK) });
    queue.wake(1);
    assert.deepEqual(host.replies, []);
    ready = true;
    queue.wake(1);
    queue.wake(1);
    assert.deepEqual(host.replies, [{ tid: 1010, value: 42 }]);
    assert.equal(queue.empty, true);
  });
});

describe('timers', () => {
  it('of setitimer fire at their interval and stop at the end of the process', () => {
    const { host, init, fork, advance } = world();
    const task = fork(init, 10);
    setRealTimer(task.group, 100, 50);
    advance(99);
    assert.deepEqual(host.sent, []);
    advance(2);
    advance(50);
    advance(500);
    assert.deepEqual(host.signalsOf(1010), [SIGALRM, SIGALRM, SIGALRM]);
    setRealTimer(task.group, 0, 0);
    advance(500);
    assert.equal(host.sent.length, 3);
  });

  it('of timer_create count what the pending signal stands for', () => {
    const { host, init, fork, advance } = world();
    const task = fork(init, 10);
    const timers = new PosixTimers(task.group);
    const id = timers.create(1, undefined, SIGALRM);
    const timer = timers.get(id);
    assert.ok(timer);
    timers.set(timer, 1010, 10);
    advance(10);
    assert.deepEqual(host.sent[0], { tgid: 1010, tid: 0, sig: SIGALRM, code: SI_TIMER, pid: id, value: id });
    host.masks.set(1010, { pending: [SIGALRM] });
    advance(10);
    advance(25);
    assert.equal(host.sent.length, 1);
    assert.equal(timers.delivered(id), 3);
    host.masks.set(1010, {});
    advance(10);
    assert.equal(host.sent.length, 2);
    assert.equal(timers.left(timer), 5);
  });
});
