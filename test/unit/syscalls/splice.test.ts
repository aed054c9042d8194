import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, EINVAL } from '../../../src/abi/errno.js';
import { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, SPLICE_F_NONBLOCK } from '../../../src/abi/fcntl.js';
import { S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { PipeShare } from '../../../src/fs/pipe/account.js';
import { Pipe, PipeFile } from '../../../src/fs/pipe/pipe.js';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import { WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { isBlock } from '../../../src/vfs/file.js';
import { copyFamily } from '../../../syscalls/copy.js';
import { spliceFamily } from '../../../syscalls/splice.js';
import { BASE, handlerOf, makeWorld, type World } from './fakes.js';

const splice = handlerOf(spliceFamily.splice);
const tee = handlerOf(spliceFamily.tee);
const sendfile = handlerOf(copyFamily.sendfile);
const copyFileRange = handlerOf(copyFamily.copy_file_range);

function pipe(w: World): { rd: number; wr: number; pipe: Pipe; writer: PipeFile; reader: PipeFile } {
  const share = PipeShare.make(w.task.kernel, undefined);
  assert.ok(share !== undefined);
  const p = new Pipe(share);
  const { path } = w.open(S_IFIFO, O_RDWR).file;
  const reader = new PipeFile(p, path, O_RDONLY);
  const writer = new PipeFile(p, path, O_WRONLY);
  return {
    rd: w.task.files.install(reader, false, 64),
    wr: w.task.files.install(writer, false, 64),
    pipe: p,
    reader,
    writer,
  };
}

function fill(w: World, p: { writer: PipeFile }, text: string): void {
  p.writer.write(w.task, new BufferSource(Buffer.from(text)));
}

test('splice from a pipe to a file moves what there is; at the end of the pipe it is 0', () => {
  const w = makeWorld();
  const p = pipe(w);
  const f = w.open(S_IFREG, O_RDWR);
  fill(w, p, 'hello');
  assert.equal(w.call(splice, p.rd, 0, f.fd, 0, 3, 0), 3);
  assert.equal(w.call(splice, p.rd, 0, f.fd, 0, 100, 0), 2);
  assert.equal(Buffer.from(f.file.data).toString(), 'hello');
  assert.equal(w.call(splice, p.rd, 0, f.fd, 0, 100, SPLICE_F_NONBLOCK), -EAGAIN);
  w.task.files.close(p.wr);
  assert.equal(w.call(splice, p.rd, 0, f.fd, 0, 100, 0), 0);
  assert.equal(w.call(splice, f.fd, 0, f.fd, 0, 1, 0), -EINVAL);
});

test('what the output pipe has no slot for stays in the input pipe', () => {
  const w = makeWorld();
  const a = pipe(w);
  const b = pipe(w);
  b.pipe.ring.slots = 2;
  fill(w, a, 'a'.repeat(4096));
  fill(w, a, 'b'.repeat(100));
  fill(w, b, 'x');
  assert.equal(w.call(splice, a.rd, 0, b.wr, 0, 5000, SPLICE_F_NONBLOCK), 4096);
  assert.equal(a.pipe.ring.length, 100);
  assert.equal(w.call(splice, a.rd, 0, b.wr, 0, 8, SPLICE_F_NONBLOCK), -EAGAIN);
  assert.equal(a.pipe.ring.length, 100);
});

test('tee leaves the input as it was', () => {
  const w = makeWorld();
  const a = pipe(w);
  const b = pipe(w);
  fill(w, a, 'abc');
  assert.equal(w.call(tee, a.rd, b.wr, 100, 0), 3);
  assert.equal(a.pipe.ring.length, 3);
  assert.equal(b.pipe.ring.length, 3);
  assert.equal(w.call(tee, a.rd, a.wr, 100, 0), -EINVAL);
});

test('a splice that waits goes on when bytes come', () => {
  const w = makeWorld();
  const p = pipe(w);
  const f = w.open(S_IFREG, O_RDWR);
  const r = w.call(splice, p.rd, 0, f.fd, 0, 10, 0);
  assert.ok(isBlock(r));
  assert.equal(r.retry(), WOULD_BLOCK);
  fill(w, p, 'late');
  assert.equal(r.retry(), 4);
  r.done?.();
  assert.equal(p.reader.refs, 1);
});

test('sendfile fills a pipe once, and waits only while it is full', () => {
  const w = makeWorld();
  const p = pipe(w);
  const f = w.open(S_IFREG, O_RDWR);
  f.file.data = new Uint8Array(100_000);
  w.mem.putU64(BASE, 4096);
  assert.equal(w.call(sendfile, p.wr, f.fd, BASE, 90_000), 65536);
  assert.equal(w.mem.u64(BASE), 4096 + 65536);
  assert.equal(f.file.pos, 0);
  const r = w.call(sendfile, p.wr, f.fd, BASE, 90_000);
  assert.ok(isBlock(r));
  assert.equal(r.retry(), WOULD_BLOCK);
  p.reader.read(w.task, new BufferSink(new Uint8Array(4096)));
  assert.equal(r.retry(), 4096);
  assert.equal(w.mem.u64(BASE), 8192 + 65536);
  r.done?.();
  p.writer.flags |= O_NONBLOCK;
  assert.equal(w.call(sendfile, p.wr, f.fd, 0, 100_000), -EAGAIN);
});

test('copy_file_range copies what is left of the input, however much is asked for, and refuses overlap', () => {
  const w = makeWorld();
  const a = w.open(S_IFREG, O_RDWR);
  const b = w.open(S_IFREG, O_RDWR);
  a.file.data = Buffer.from('0123456789');
  a.inode.attr.size = 10;
  a.file.pos = 4;
  assert.equal(w.call(copyFileRange, a.fd, 0, b.fd, 0, 2 ** 63 - 4096, 0), 6);
  assert.equal(Buffer.from(b.file.data).toString(), '456789');
  assert.equal(w.call(copyFileRange, a.fd, 0, b.fd, 0, 10, 0), 0);
  a.file.pos = 0;
  w.mem.putU64(BASE, 5);
  assert.equal(w.call(copyFileRange, a.fd, 0, a.fd, BASE, 10, 0), -EINVAL);
});
