import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EEXIST, EINVAL, ELOOP } from '../../../src/abi/errno.js';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLIN, EPOLLONESHOT } from '../../../src/abi/poll.js';
import { Epoll } from '../../../src/fs/epoll.js';
import { EventFd } from '../../../src/fs/eventfd.js';
import { TimerFd } from '../../../src/fs/timerfd.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { BufferSource } from '../../../src/kernel/useriov.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import { fakeKernel, fakeTask, room } from './fake.js';

const want = (events: number) => ({ events, dataLow: 1, dataHigh: 2 });

/** How many are reported; asks again for level-triggered ones. */
function ready(ep: Epoll): number {
  return ep.collect(10, (e) => e.length);
}

function event(kernel: Kernel): EventFd {
  const e = new EventFd(kernel, 0, false, 0x800);
  e.refs = 1;
  return e;
}

function post(kernel: Kernel, e: EventFd): void {
  const one = new Uint8Array(8);
  one[0] = 1;
  assert.equal(e.write(fakeTask(kernel), new BufferSource(one)), 8);
}

test('level, edge and one-shot', () => {
  const { kernel } = fakeKernel();
  const ep = new Epoll(kernel);
  const e = event(kernel);
  assert.equal(ep.add(e, 3, want(EPOLLIN)), 0);
  assert.equal(ep.add(e, 3, want(EPOLLIN)), -EEXIST);
  assert.equal(ep.add(e, 4, want(EPOLLIN | EPOLLET)), 0, 'the same file under another number');
  assert.equal(ep.remove(e, 4), 0);
  assert.equal(ready(ep), 0);
  post(kernel, e);
  assert.deepEqual([ready(ep), ready(ep)], [1, 1]);
  ep.modify(e, 3, want(EPOLLIN | EPOLLET));
  assert.deepEqual([ready(ep), ready(ep)], [1, 0]);
  post(kernel, e);
  assert.deepEqual([ready(ep), ready(ep)], [1, 0]);
  ep.modify(e, 3, want(EPOLLIN | EPOLLONESHOT));
  assert.deepEqual([ready(ep), ready(ep)], [1, 0]);
  post(kernel, e);
  assert.equal(ready(ep), 0);
  ep.modify(e, 3, want(EPOLLIN | EPOLLONESHOT));
  assert.equal(ready(ep), 1);
});

test('events that could not be delivered stay', () => {
  const { kernel } = fakeKernel();
  const ep = new Epoll(kernel);
  const e = event(kernel);
  ep.add(e, 3, want(EPOLLIN | EPOLLET));
  post(kernel, e);
  assert.equal(
    ep.collect(1, () => 0),
    -1,
  );
  assert.equal(ready(ep), 1);
});

test('nesting: readiness travels up, cycles and depth are refused', () => {
  const { kernel } = fakeKernel();
  const chain = Array.from({ length: 6 }, () => new Epoll(kernel));
  const e = event(kernel);
  chain[0]?.add(e, 3, want(EPOLLIN));
  for (let i = 1; i < 5; i++) assert.equal(chain[i]?.add(chain[i - 1] as Epoll, 4, want(EPOLLIN)), 0);
  assert.equal(chain[5]?.add(chain[4] as Epoll, 4, want(EPOLLIN)), -ELOOP);
  assert.equal(chain[0]?.add(chain[2] as Epoll, 4, want(EPOLLIN)), -ELOOP);
  assert.equal(chain[5]?.add(chain[0] as Epoll, 4, want(EPOLLIN | EPOLLEXCLUSIVE)), -EINVAL);
  assert.equal(ready(chain[4] as Epoll), 0);
  post(kernel, e);
  assert.equal(ready(chain[4] as Epoll), 1);
  e.read(fakeTask(kernel), room(8).sink);
  assert.equal(ready(chain[4] as Epoll), 0);
});

test('an entry goes with the last reference of its file', () => {
  const { kernel } = fakeKernel();
  const ep = new Epoll(kernel);
  const e = event(kernel);
  e.refs = 2;
  ep.add(e, 3, want(EPOLLIN));
  post(kernel, e);
  putFile(e);
  assert.equal(ready(ep), 1);
  putFile(e);
  assert.equal(ready(ep), 0);
  assert.ok(e.queue.empty);
});

test('a periodic timer counts what nobody read', () => {
  const { kernel, advance } = fakeKernel();
  const t = new TimerFd(kernel, 1, 0x800);
  const count = (): number => {
    const into = room(8);
    const r = t.read(fakeTask(kernel), into.sink) as number;
    return r < 0 ? r : into.text().charCodeAt(0);
  };
  t.set(kernel.now() + 10, 10);
  advance(9);
  assert.equal(count(), -11);
  advance(36);
  assert.equal(count(), 4);
  assert.equal(Math.round(t.get().value), 5);
  advance(5);
  assert.equal(count(), 1);
});
