import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, EIO, ERESTARTSYS } from '../../../src/abi/errno.js';
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from '../../../src/abi/fcntl.js';
import { POLLHUP, POLLIN } from '../../../src/abi/poll.js';
import { ECHO, ICANON } from '../../../src/abi/termios.js';
import { DevPtsFs } from '../../../src/fs/devpts/devpts.js';
import { MasterFile, SlaveFile } from '../../../src/fs/devpts/files.js';
import type { Container } from '../../../src/kernel/container.js';
import { Dentry, Mount } from '../../../src/vfs/dentry.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import type { OpenFile } from '../../../src/vfs/file.js';
import { bytes, Call, fakeKernel, fakeTask, room } from '../ipc/fake.js';

function pair(flags = O_RDWR | O_NOCTTY) {
  const { kernel, advance } = fakeKernel();
  const container = { kernel, mounts: { mounts: [] } } as unknown as Container;
  const fs = new DevPtsFs(container, 0x18);
  const root = new Dentry('', undefined, fs.root);
  const mount = new Mount(1, fs, root, undefined, undefined, 0);
  const session = { sid: 1, tty: undefined };
  const group = { group: { pgid: 1, session, members: new Set() }, session };
  const task = Object.assign(fakeTask(kernel), { group });
  const ptmx = { mount, dentry: new Dentry('ptmx', root, fs.ptmx) };
  const held = <T extends OpenFile>(file: OpenFile | number, kind: abstract new (...a: never[]) => T): T => {
    assert.ok(file instanceof kind, String(file));
    file.refs++;
    return file;
  };
  const master = held(fs.openMaster(task, ptmx, flags), MasterFile);
  const { pty } = master;
  const openSlave = (f = flags) => {
    const inode = fs.root.lookup('0', task);
    if (typeof inode === 'number') return inode;
    return inode.open(task, { mount, dentry: new Dentry('0', root, inode) }, f);
  };
  assert.equal(openSlave(), -EIO, 'locked until TIOCSPTLCK');
  pty.locked = false;
  const slave = held(openSlave(), SlaveFile);
  const get = (file: OpenFile, size = 4096) => {
    const r = room(size);
    const call = new Call(file.read(task, r.sink, 0));
    return { call, ...r };
  };
  const raw = (min: number, time: number) => {
    const cc = pty.ldisc.termios.cc.slice();
    cc[6] = min;
    cc[5] = time;
    pty.setTermios({ ...pty.ldisc.termios, cc, lflag: pty.ldisc.termios.lflag & ~(ICANON | ECHO) });
  };
  return { fs, task, pty, master, slave, openSlave, get, raw, advance };
}

test('a waiting read gets the line; the master sees echo and output', () => {
  const t = pair();
  const read = t.get(t.slave);
  assert.ok(read.call.waiting);
  assert.equal(t.master.write(t.task, bytes('hi')), 2);
  assert.ok(read.call.waiting);
  t.master.write(t.task, bytes('\r'));
  assert.equal(read.call.result, 3);
  assert.equal(read.text(), 'hi\n');
  assert.equal(t.slave.write(t.task, bytes('out\n')), 4);
  assert.equal(t.get(t.master).text(), 'hi\r\nout\r\n');
});

test('after the last slave is closed the master reads what is left, then EIO', () => {
  const t = pair();
  t.slave.write(t.task, bytes('bye\n'));
  putFile(t.slave);
  assert.equal(t.get(t.master).text(), 'bye\r\n');
  assert.equal(t.get(t.master).call.result, -EIO);
  assert.equal(t.master.poll() & POLLHUP, POLLHUP);
});

test('a master that goes away hangs up the slave and takes the node along', () => {
  const t = pair();
  const read = t.get(t.slave);
  putFile(t.master);
  assert.equal(read.call.result, -EIO);
  assert.equal(t.get(t.slave).call.result, 0);
  assert.equal(t.slave.write(t.task, bytes('x')), -EIO);
  assert.equal(t.slave.poll() & (POLLIN | POLLHUP), POLLIN | POLLHUP);
  assert.equal(typeof t.openSlave(), 'number');
});

test('VMIN and VTIME', () => {
  const t = pair();
  t.raw(3, 0);
  const three = t.get(t.slave);
  t.master.write(t.task, bytes('ab'));
  assert.ok(three.call.waiting);
  three.call.interrupt();
  assert.equal(three.call.result, 2, 'an interrupted read gives what has come');
  const none = t.get(t.slave);
  none.call.interrupt();
  assert.equal(none.call.result, -ERESTARTSYS);
  t.raw(0, 0);
  assert.equal(t.get(t.slave).call.result, 0);
  t.raw(5, 2);
  const between = t.get(t.slave);
  t.advance(1000);
  assert.ok(between.call.waiting, 'the timer starts with the first byte');
  t.master.write(t.task, bytes('x'));
  t.advance(199);
  assert.ok(between.call.waiting);
  t.advance(1);
  assert.equal(between.text(), 'x');
});

test('packet mode', () => {
  const t = pair();
  t.pty.packet = true;
  t.slave.write(t.task, bytes('xx'));
  assert.equal(t.get(t.master).text(), '\0xx');
  t.master.write(t.task, bytes('a\x03'));
  assert.equal(t.get(t.master).text(), '\x03', 'flushed both ways');
  assert.equal(t.get(t.master).text(), '\0^C');
});

test('a writer waits while the other side does not read, and while output is stopped', () => {
  const t = pair(O_RDWR | O_NOCTTY | O_NONBLOCK);
  let total = 0;
  for (let r = 0; r >= 0; total += Math.max(0, r)) r = t.slave.write(t.task, bytes(1000)) as number;
  assert.ok(total >= 8192 && total < 65536, String(total));
  assert.equal(t.slave.write(t.task, bytes('x')), -EAGAIN);
  while (t.get(t.master).call.result! > 0);
  t.master.write(t.task, bytes('\x13'));
  assert.equal(t.slave.write(t.task, bytes('x')), -EAGAIN);
  t.master.write(t.task, bytes('\x11'));
  assert.equal(t.slave.write(t.task, bytes('x')), 1);
});
