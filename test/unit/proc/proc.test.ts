import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EACCES, EINVAL, ENOENT } from '../../../src/abi/errno.js';
import { O_RDONLY } from '../../../src/abi/fcntl.js';
import { guestMaps, noteMapping } from '../../../src/fs/proc/maps.js';
import { mangle } from '../../../src/fs/proc/mounts.js';
import { ProcFs } from '../../../src/fs/proc/proc.js';
import { limitsText } from '../../../src/fs/proc/status.js';
import { CAP_FULL_SET, initialCred } from '../../../src/kernel/cred.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import { Dentry, inodeOf, type Path } from '../../../src/vfs/dentry.js';
import type { Inode } from '../../../src/vfs/inode.js';
import { MountNamespace } from '../../../src/vfs/mounts.js';
import { world } from '../kernel/fake.js';

/** A machine with proc mounted at its root; host files are those of the test's own process. */
function machine() {
  const w = world();
  const host = w.host as unknown as {
    hostProc(pid: number, name: string): string | number;
    getrandom(b: Uint8Array): number;
  };
  host.hostProc = (pid, name) => {
    try {
      return readFileSync(
        pid < 0 ? `/proc/${name}` : `/proc/self/${name.replace(/^task\/\d+\//, '')}`,
        'latin1',
      );
    } catch {
      return -ENOENT;
    }
  };
  host.getrandom = (b) => b.fill(7).length;
  const fs = new ProcFs(w.container, 0x15);
  w.container.mounts = new MountNamespace();
  const mount = w.container.mounts.mount(fs, undefined, 0);
  const { root } = mount;
  const place: Path = { mount, dentry: root };
  w.init.fs = new FsContext(place, place, 0o27);
  w.init.comm = 'init';
  return { ...w, fs, place };
}
type Machine = ReturnType<typeof machine>;

/** Walks below /proc without following links. */
function find(m: Machine, task: Task, name: string): Path | number {
  let { dentry } = m.place;
  for (const part of name.split('/')) {
    const inode = inodeOf({ mount: m.place.mount, dentry }).lookup(part, task);
    if (typeof inode === 'number') return inode;
    dentry = new Dentry(part, dentry, inode);
  }
  return { mount: m.place.mount, dentry };
}
function inode(m: Machine, task: Task, name: string): Inode {
  const path = find(m, task, name);
  assert.ok(typeof path !== 'number', `${name}: ${path}`);
  return inodeOf(path);
}
function open(m: Machine, task: Task, name: string) {
  const path = find(m, task, name);
  return typeof path === 'number' ? path : inodeOf(path).open(task, path, O_RDONLY);
}
function cat(m: Machine, task: Task, name: string): string {
  const file = open(m, task, name);
  assert.ok(typeof file !== 'number', `${name}: ${file}`);
  const buf = Buffer.alloc(1 << 20);
  const n = file.read(task, new BufferSink(buf), 0);
  assert.ok(typeof n === 'number' && n >= 0, `${name}: ${String(n)}`);
  return buf.toString('latin1', 0, n);
}
function put(m: Machine, task: Task, name: string, text: string): unknown {
  const file = open(m, task, name);
  assert.ok(typeof file !== 'number');
  return file.write(task, new BufferSource(Buffer.from(text)), 0);
}

test('only guest processes are there, and self is the reader', () => {
  const m = machine();
  const child = m.fork(m.init, 12);
  const names = (m.fs.root.readdir(m.init) as { name: string }[])
    .map((e) => e.name)
    .filter((n) => /^\d/.test(n));
  assert.deepEqual(names, ['1', '12']);
  assert.equal(inode(m, child, 'self').readlink(child), '12');
  assert.equal(inode(m, child, 'thread-self').readlink(child), '12/task/12');
  assert.equal(find(m, m.init, '1002'), -ENOENT, 'the host pid');
});

test('status and stat have the keys of this machine, and the identities of the guest', () => {
  const m = machine();
  const child = m.fork(m.init, 12);
  child.comm = 'a b';
  child.cred = { ...initialCred(1000, 100, [4, 24]), capBounding: CAP_FULL_SET };
  const keys = (text: string) => text.split('\n').map((l) => l.split(':')[0]);
  const status = cat(m, m.init, '12/status');
  assert.deepEqual(keys(status), keys(readFileSync('/proc/self/status', 'latin1')));
  for (const line of [
    'Name:\ta b',
    'Pid:\t12',
    'PPid:\t1',
    'TracerPid:\t0',
    'Uid:\t1000\t1000\t1000\t1000',
    'Groups:\t4 24 ',
  ]) {
    assert.ok(status.includes(`${line}\n`), line);
  }
  const stat = cat(m, m.init, '12/stat');
  assert.match(stat, /^12 \(a b\) \w 1 1 1 0 -1 /);
  const fields = (text: string) => text.slice(text.lastIndexOf(')')).trim().split(' ').length;
  assert.equal(fields(stat), fields(readFileSync('/proc/self/stat', 'latin1')));
});

test('limits are laid out as on Linux', () => {
  const m = machine();
  const real = readFileSync('/proc/self/limits', 'latin1');
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
  const value = (s: string) => (s === 'unlimited' ? Infinity : Number(s));
  real
    .split('\n')
    .slice(1, 17)
    .forEach((line, i) => {
      const [soft, hard] = line.slice(26).trim().split(/\s+/) as [string, string];
      m.init.group.limits[order[i] as number] = { soft: value(soft), hard: value(hard) };
    });
  assert.equal(limitsText(m.init.group), real);
});

test('maps show the guest its own names, devices and inode numbers only', () => {
  const m = machine();
  const native = m.kernel.native as { fstat: (fd: number) => number; statBuf: Float64Array };
  native.statBuf = new Float64Array(18).fill(0x801, 0, 1).fill(77, 1, 2);
  native.fstat = () => 0;
  noteMapping(m.kernel, 3, {
    mount: m.init.fs.root.mount,
    dentry: new Dentry('prog', m.init.fs.root.dentry, inodeOf(m.init.fs.root)),
  });
  const text = [
    '000000400000-000000402000 r-xp 00000000 08:01 5                          /host/build/Release/loader',
    '555555554000-555555556000 r--p 00000000 08:01 77                         /srv/secret/prog',
    '7ffff7c00000-7ffff7c28000 r--p 00001000 08:01 78                         /srv/secret/other file',
    '7ffff7d00000-7ffff7d28000 rw-p 00000000 00:00 0 ',
    '7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]',
    '',
  ].join('\n');
  const lines = guestMaps(m.init, undefined, text).split('\n');
  assert.deepEqual(lines, [
    '555555554000-555555556000 r--p 00000000 00:15 1                          /prog',
    '7ffff7c00000-7ffff7c28000 r--p 00001000 08:01 78 ',
    '7ffff7d00000-7ffff7d28000 rw-p 00000000 00:00 0 ',
    '7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]',
    '',
  ]);
});

test('smaps drop the loader with its details', () => {
  const m = machine();
  const text =
    '400000-402000 r-xp 00000000 08:01 5 /x/loader\nSize: 8 kB\nVmFlags: rd\n500000-501000 rw-p 00000000 00:00 0 \nSize: 4 kB\n';
  assert.equal(guestMaps(m.init, undefined, text), '500000-501000 rw-p 00000000 00:00 0 \nSize: 4 kB\n');
});

test('another user may not look inside', () => {
  const m = machine();
  const a = m.fork(m.init, 12);
  const b = m.fork(m.init, 13);
  a.cred = initialCred(1000, 1000, []);
  b.cred = initialCred(1001, 1001, []);
  for (const name of ['environ', 'maps', 'auxv', 'io']) assert.equal(open(m, b, `12/${name}`), -EACCES, name);
  assert.equal(inode(m, b, '12/exe').readlink(b), -EACCES);
  assert.equal(inode(m, b, '12/fd').readdir(b), -EACCES);
  assert.ok(typeof open(m, a, '12/environ') !== 'number');
  assert.ok(cat(m, b, '12/stat').startsWith('12 '));
});

test('settings that can be written', () => {
  const m = machine();
  const child = m.fork(m.init, 12);
  assert.equal(put(m, m.init, '1/comm', 'a-name-longer-than-15\n'), 22);
  assert.equal(cat(m, m.init, '1/comm'), 'a-name-longer-t\n');
  assert.equal(put(m, m.init, '12/comm', 'x'), -EINVAL, 'of another process');
  assert.equal(put(m, m.init, '12/oom_score_adj', '500\n'), 4);
  assert.equal(child.group.oomScoreAdj, 500);
  child.cred = initialCred(1000, 1000, []);
  assert.equal(put(m, child, '12/oom_score_adj', '-1'), -EACCES);
  assert.equal(put(m, m.init, '12/oom_score_adj', '1001'), -EINVAL);
  put(m, m.init, 'sys/kernel/hostname', 'other\n');
  assert.equal(m.container.uts.hostname, 'other');
});

test('mounts: names are escaped', () => {
  const m = machine();
  assert.equal(mangle('a b\\c\n'), 'a\\040b\\134c\\012');
  assert.equal(cat(m, m.init, 'self/mounts'.replace('self', '1')), 'proc / proc rw 0 0\n');
  assert.match(cat(m, m.init, '1/mountinfo'), /^20 0 0:21 \/ \/ rw - proc proc rw\n$/);
});

test('every file that is listed can be found, has the inode number of the list, and can be read', () => {
  const m = machine();
  m.fork(m.init, 12);
  const walk = (dir: string, depth: number): number => {
    const entries = (dir === '' ? m.fs.root : inode(m, m.init, dir)).readdir(m.init);
    assert.ok(typeof entries !== 'number');
    let count = 0;
    for (const e of entries) {
      const name = dir === '' ? e.name : `${dir}/${e.name}`;
      const found = inode(m, m.init, name);
      assert.equal(found.ino, e.ino, name);
      assert.equal((found.mode & 0o170000) >> 12, e.type, name);
      count++;
      if (e.type === 4 && depth < 6) count += walk(name, depth + 1);
      if (
        e.type === 8 &&
        (found.mode & 0o444) !== 0 &&
        !name.endsWith('/mem') &&
        !name.includes('/attr/') &&
        !name.includes('mountstats')
      )
        cat(m, m.init, name);
    }
    return count;
  };
  assert.ok(walk('', 0) > 200);
});
