import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, ENOENT, ERESTARTSYS } from '../../../src/abi/errno.js';
import { O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY } from '../../../src/abi/fcntl.js';
import { formatArg, formatCall, formatResult, quote } from '../../../src/strace/format.js';

const arg = (kind: string, value: number | bigint, text?: string) => ({
  kind,
  value: BigInt.asUintN(64, BigInt(value)),
  text,
});

test('a call as one line', () => {
  const args = [arg('dirfd', -100), arg('path', 0x1000, '/etc/passwd'), arg('open-flags', O_CLOEXEC)];
  assert.equal(
    formatCall('1:1 cat', 'openat', args, 3, 0.012),
    '[1:1 cat] openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3 <0.000012>',
  );
  assert.match(
    formatCall('1:1 cat', 'exit_group', [arg('int', 2)], undefined, undefined),
    /^\[1:1 cat\] exit_group\(2\) += \?$/,
  );
});

test('results', () => {
  assert.equal(formatResult('open', -ENOENT), '-1 ENOENT (No such file or directory)');
  assert.equal(formatResult('read', -EAGAIN), '-1 EAGAIN (Resource temporarily unavailable)');
  assert.equal(formatResult('read', -ERESTARTSYS), '? ERESTARTSYS (To be restarted)');
  assert.equal(formatResult('mmap', 0x7f0000000000), '0x7f0000000000');
  assert.equal(formatResult('read', -4000), '-1 (errno 4000)');
});

test('arguments', () => {
  assert.equal(formatArg(arg('open-flags', O_WRONLY | O_CREAT | O_TRUNC)), 'O_WRONLY|O_CREAT|O_TRUNC');
  assert.equal(formatArg(arg('open-flags', 0x40000000)), 'O_RDONLY|0x40000000');
  assert.equal(formatArg(arg('mode', 0o644)), '0644');
  assert.equal(formatArg(arg('prot', 3)), 'PROT_READ|PROT_WRITE');
  assert.equal(formatArg(arg('prot', 0)), 'PROT_NONE');
  assert.equal(formatArg(arg('map-flags', 0x22)), 'MAP_PRIVATE|MAP_ANONYMOUS');
  assert.equal(formatArg(arg('clone-flags', 0x01200011)), 'CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD');
  assert.equal(formatArg(arg('signal', 9)), 'SIGKILL');
  assert.equal(formatArg(arg('signal', 34)), 'SIGRT_2');
  assert.equal(formatArg(arg('fd', 0xffffffff)), '-1');
  assert.equal(formatArg(arg('off', -1)), '-1');
  assert.equal(formatArg(arg('path', 0)), 'NULL');
  assert.equal(formatArg(arg('path', 0x10)), '0x10', 'a bad address');
  assert.equal(formatArg({ ...arg('buf', 1, 'a\0'), cut: true }), '"a\\0"...');
});

test('quoting', () => {
  assert.equal(quote('a"b\\\n\x1b1\xff'), '"a\\"b\\\\\\n\\0331\\377"');
});
