import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, ECONNREFUSED, EPIPE } from '../../../src/abi/errno.js';
import { O_NONBLOCK } from '../../../src/abi/fcntl.js';
import { MSG_PEEK, MSG_TRUNC, SOCK_DGRAM, SOCK_STREAM } from '../../../src/abi/socket.js';
import { EventFd } from '../../../src/fs/eventfd.js';
import { emptyMessage } from '../../../src/net/socket.js';
import { UnixSocket } from '../../../src/net/unix/socket.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import type { OpenFile } from '../../../src/vfs/file.js';
import { bytes, Call, fakeKernel, fakeTask, room } from './fake.js';

function pair(type: number, flags = O_NONBLOCK) {
  const { kernel } = fakeKernel();
  const task = fakeTask(kernel, 1000);
  const a = new UnixSocket(kernel, type, flags);
  const b = new UnixSocket(kernel, type, flags);
  a.refs = b.refs = 1;
  a.pairWith(task, b);
  return { kernel, task, a, b };
}

function abstract(name: string): Uint8Array {
  return Buffer.concat([Buffer.from([1, 0, 0]), Buffer.from(name, 'latin1')]);
}

function receive(s: UnixSocket, size = 100, flags = 0) {
  const into = room(size);
  const out = emptyMessage();
  const r = new Call(s.recv(fakeTask(s.kernel), into.sink, flags, out, (n) => n)).result;
  return { r, text: into.text(), out };
}

test('descriptors travel, survive the close of the sender, and end a receive', () => {
  const { kernel, task, a, b } = pair(SOCK_STREAM);
  const file = new EventFd(kernel, 0, false, 0);
  file.refs = 1;
  let released = false;
  file.release = () => {
    released = true;
  };
  a.send(task, bytes('ab'), { flags: 0 });
  a.send(task, bytes('cd'), { flags: 0, files: [file] });
  a.send(task, bytes('ef'), { flags: 0 });
  putFile(file);
  assert.equal(released, false);
  const look = receive(b, 100, MSG_PEEK);
  assert.equal(look.text, 'abcd');
  for (const f of look.out.files ?? []) putFile(f);
  const got = receive(b);
  assert.equal(got.text, 'abcd');
  assert.deepEqual(got.out.files, [file]);
  assert.equal(receive(b).text, 'ef');
  putFile(file);
  assert.equal(released, true);
});

test('sockets that only their own queues refer to are collected', () => {
  const { task, a, b } = pair(SOCK_STREAM);
  const other = pair(SOCK_STREAM);
  a.send(task, bytes('x'), { flags: 0, files: [a, b] });
  putFile(a);
  putFile(b);
  assert.equal(a.dead, false);
  putFile(other.a);
  other.kernel.timers.run();
  assert.equal(a.dead, true);
  assert.equal(b.dead, true);
});

test('a stream blocks when its buffer is full and goes on where it stopped', () => {
  const { task, a, b } = pair(SOCK_STREAM, 0);
  const send = new Call(a.send(task, bytes(500_000), { flags: 0 }));
  assert.ok(send.waiting);
  let total = 0;
  while (total < 500_000) total += receive(b, 30_000).r ?? 0;
  assert.equal(send.result, 500_000);
  assert.equal(a.sent, 0);
  putFile(b);
  assert.equal(a.send(task, bytes('x'), { flags: 0 }), -EPIPE);
  assert.equal(receive(a).r, 0);
});

test('datagrams keep their boundaries; a full receiver blocks strangers', () => {
  const { kernel, task, a, b } = pair(SOCK_DGRAM);
  a.send(task, bytes('long one'), { flags: 0 });
  const cut = receive(b, 4, MSG_TRUNC);
  assert.deepEqual([cut.r, cut.text, cut.out.flags], [8, 'long', MSG_TRUNC]);
  assert.equal(receive(b).r, -EAGAIN);
  const server = new UnixSocket(kernel, SOCK_DGRAM, O_NONBLOCK);
  const client = new UnixSocket(kernel, SOCK_DGRAM, O_NONBLOCK);
  assert.equal(server.bind(task, abstract('server')), 0);
  const to = abstract('server');
  let sent = 0;
  while (client.send(task, bytes('m'), { flags: 0, to }) === 1) sent++;
  assert.equal(sent, 11);
  server.release();
  assert.equal(client.send(task, bytes('m'), { flags: 0, to }), -ECONNREFUSED);
  assert.equal(client.sent, 0);
});

test('a connection is complete before it is accepted, and the backlog holds', () => {
  const { kernel, task } = pair(SOCK_STREAM);
  const listener = new UnixSocket(kernel, SOCK_STREAM, O_NONBLOCK);
  listener.bind(task, abstract('l'));
  listener.listen(task, 0);
  const [first, second] = [0, 1].map(() => new UnixSocket(kernel, SOCK_STREAM, O_NONBLOCK)) as [
    UnixSocket,
    UnixSocket,
  ];
  assert.equal(first.connect(task, abstract('l')), 0);
  assert.equal(second.connect(task, abstract('l')), -EAGAIN);
  assert.equal(first.send(task, bytes('early'), { flags: 0 }), 5);
  let server: OpenFile | undefined;
  const accepted = listener.accept(task, 0, (s) => {
    server = s;
    return 9;
  });
  assert.equal(accepted, 9);
  assert.equal(receive(server as UnixSocket).text, 'early');
  assert.equal(
    listener.accept(task, 0, () => 0),
    -EAGAIN,
  );
});
