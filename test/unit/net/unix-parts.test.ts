import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, ECONNREFUSED, EINVAL, ETOOMANYREFS } from '../../../src/abi/errno.js';
import { O_NONBLOCK } from '../../../src/abi/fcntl.js';
import { POLLIN, POLLOUT, POLLPRI } from '../../../src/abi/poll.js';
import { RLIMIT_NOFILE } from '../../../src/abi/sched.js';
import { MSG_OOB, MSG_PEEK, SOCK_DGRAM, SOCK_STREAM } from '../../../src/abi/socket.js';
import { emptyMessage } from '../../../src/net/socket.js';
import { packetCharge, STREAM_PIECE, streamCharge } from '../../../src/net/unix/charge.js';
import { UnixSocket } from '../../../src/net/unix/socket.js';
import { unixSockets } from '../../../src/net/unix/table.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import { bytes, Call, fakeKernel, fakeTask, room } from '../ipc/fake.js';

function pair(type: number) {
  const { kernel } = fakeKernel();
  const task = fakeTask(kernel, 1000);
  const a = new UnixSocket(kernel, type, O_NONBLOCK);
  const b = new UnixSocket(kernel, type, O_NONBLOCK);
  a.refs = b.refs = 1;
  a.pairWith(task, b);
  return { kernel, task, a, b };
}

function take(s: UnixSocket, size = 100, flags = 0) {
  const into = room(size);
  const out = emptyMessage();
  const r = new Call(s.recv(fakeTask(s.kernel), into.sink, flags, out, (n) => n)).result ?? 0;
  return r < 0 ? r : into.text();
}

test('a message costs what Linux takes for it', () => {
  const streams: readonly (readonly [size: number, cost: number])[] = [
    [1, 768],
    [192, 768],
    [193, 1280],
    [1000, 2304],
    [3776, 4352],
    [3777, 4864],
    [8000, 8960],
    [10000, 12544],
    [30000, 30976],
    [STREAM_PIECE, 37120],
  ];
  for (const [size, cost] of streams) assert.equal(streamCharge(size), cost, `${size} bytes of a stream`);
  const packets: readonly (readonly [size: number, cost: number])[] = [
    [0, 768],
    [3777, 8448],
    [8000, 16640],
    [30000, 33024],
  ];
  for (const [size, cost] of packets) assert.equal(packetCharge(size), cost, `a packet of ${size} bytes`);
});

test('the newest urgent byte is apart from the others, and its place is where reads stop', () => {
  const { task, a, b } = pair(SOCK_STREAM);
  a.send(task, bytes('abU'), { flags: MSG_OOB });
  a.send(task, bytes('cd'), { flags: 0 });
  assert.notEqual(b.poll() & POLLPRI, 0);
  assert.equal(take(b), 'ab');
  assert.equal(take(b, 1, MSG_OOB | MSG_PEEK), 'U');
  assert.equal(take(b, 1, MSG_OOB), 'U');
  assert.equal(take(b, 1, MSG_OOB), -EINVAL);
  assert.equal(take(b), 'cd');
  assert.equal(a.sent, 0);
});

test('SO_PEEK_OFF goes on from look to look and back with reads', () => {
  const { task, a, b } = pair(SOCK_DGRAM);
  a.send(task, bytes('first'), { flags: 0 });
  a.send(task, bytes('second'), { flags: 0 });
  b.setPeekOffset(3);
  assert.equal(take(b, 100, MSG_PEEK), 'st');
  assert.equal(take(b, 100, MSG_PEEK), 'second');
  assert.equal(take(b, 100, MSG_PEEK), -EAGAIN);
  assert.equal(take(b), 'first');
  assert.equal(b.peekOffset(), 6);
});

test('who was told that a partner is full hears when it is not any more', () => {
  const { kernel, task } = pair(SOCK_DGRAM);
  const [receiver, partner, other] = [0, 1, 2].map(() => new UnixSocket(kernel, SOCK_DGRAM, O_NONBLOCK)) as [
    UnixSocket,
    UnixSocket,
    UnixSocket,
  ];
  const name = Buffer.from('\x01\0\0name', 'latin1');
  receiver.bind(task, name);
  partner.connect(task, name);
  while (other.send(task, bytes('x'), { flags: 0, to: name }) === 1);
  assert.equal(partner.poll() & POLLOUT, 0);
  let woken = 0;
  partner.queue.add({ wake: () => woken++ > 0 });
  take(receiver);
  assert.equal(woken, 1);
  assert.notEqual(partner.poll() & POLLOUT, 0);
});

test('a user has no more descriptors in flight than RLIMIT_NOFILE says', () => {
  const { a, b } = pair(SOCK_DGRAM);
  const user = fakeTask(a.kernel, 1000);
  user.cred = { ...user.cred, uid: 4711, capEffective: 0n };
  const limit = user.group.limit(RLIMIT_NOFILE);
  const files = Array.from({ length: limit + 1 }, () => a);
  assert.equal(a.send(user, bytes('x'), { flags: 0, files }), 1);
  assert.equal(a.send(user, bytes('x'), { flags: 0, files: [a] }), -ETOOMANYREFS);
  const got = emptyMessage();
  b.recv(user, room(1).sink, 0, got, (n) => n);
  assert.equal(got.files?.length, limit + 1);
  assert.equal(a.send(user, bytes('x'), { flags: 0, files: [a] }), 1);
});

test('a chain of sockets in sockets is closed without going ever deeper', () => {
  const { kernel, a, b } = pair(SOCK_DGRAM);
  const task = fakeTask(kernel, 0);
  let held = [a, b];
  for (let i = 0; i < 20000; i++) {
    const next = [0, 1].map(() => new UnixSocket(kernel, SOCK_DGRAM, O_NONBLOCK)) as [UnixSocket, UnixSocket];
    for (const s of next) s.refs = 1;
    next[0].pairWith(task, next[1]);
    assert.equal(next[0].send(task, bytes('x'), { flags: 0, files: held }), 1);
    for (const s of held) putFile(s);
    held = next;
  }
  for (const s of held) putFile(s);
  assert.equal([...unixSockets(kernel)].length, 0);
});

test('a socket that is closed is found by nobody, and its name is free', () => {
  const { kernel, task } = pair(SOCK_STREAM);
  const name = Buffer.from('\x01\0\0again', 'latin1');
  const first = new UnixSocket(kernel, SOCK_STREAM, O_NONBLOCK);
  assert.equal(first.bind(task, name), 0);
  first.listen(task, 1);
  first.release();
  const client = new UnixSocket(kernel, SOCK_STREAM, O_NONBLOCK);
  assert.equal(client.connect(task, name), -ECONNREFUSED);
  const second = new UnixSocket(kernel, SOCK_STREAM, O_NONBLOCK);
  assert.equal(second.bind(task, name), 0);
  second.listen(task, 1);
  assert.equal(client.connect(task, name), 0);
  assert.notEqual(second.poll() & POLLIN, 0);
});
