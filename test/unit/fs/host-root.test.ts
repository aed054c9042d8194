/** A host directory as a root file system: what the host and guests change at the same time, nameless files, owners. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { EACCES, EAGAIN, EEXIST, EINVAL, ENOENT, EOVERFLOW, EPERM } from '../../../src/abi/errno.js';
import {
  __O_TMPFILE,
  AT_EMPTY_PATH,
  AT_FDCWD,
  F_WRLCK,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  RENAME_EXCHANGE,
} from '../../../src/abi/fcntl.js';
import { HostFs, type HostFsOptions } from '../../../src/fs/hostfs/hostfs.js';
import { HostIds } from '../../../src/fs/hostfs/ids.js';
import { CAP_FULL_SET, initialCred } from '../../../src/kernel/cred.js';
import type { Task } from '../../../src/kernel/task.js';
import { IdMap, UserNamespace } from '../../../src/kernel/user-namespace.js';
import type { Native } from '../../../src/platform/native.js';
import { inodeOf } from '../../../src/vfs/dentry.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import { vfsChmod, vfsChown, vfsLink, vfsMkdir, vfsRename, vfsUnlink } from '../../../src/vfs/fsops.js';
import { flock } from '../../../src/vfs/locks.js';
import { resolveAt } from '../../../src/vfs/namei.js';
import { addMark, removeMark } from '../../../src/vfs/notify.js';
import { turn } from '../../../src/vfs/turn.js';
import { realNative, World } from '../vfs/world.js';

const options = { skip: realNative === undefined ? 'the addon is not built' : false };
const asRoot = { skip: options.skip || (process.geteuid?.() !== 0 ? 'needs root' : false) };
let dir = '';
const host = (name: string): string => path.join(dir, name);

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tvisor-root-'));
  fs.chmodSync(dir, 0o755);
  fs.mkdirSync(host('d/sub'), { recursive: true });
  fs.writeFileSync(host('d/a'), 'a');
  fs.writeFileSync(host('d/b'), 'bb');
});
afterEach(() => {
  turn.number = 0;
  fs.rmSync(dir, { recursive: true });
});

function shared(more: HostFsOptions = {}): World & { fs: HostFs } {
  const native = realNative as Native;
  const fsys = new HostFs(native, dir, { fd: native.openRoot(dir), fifos: true, ...more });
  return Object.assign(new World(native, fsys), { fs: fsys });
}
function find(w: World, name: string) {
  const p = resolveAt(w.task, AT_FDCWD, name, 0);
  assert.ok(typeof p !== 'number', `${name}: ${String(p)}`);
  return p;
}
const attr = (w: World, name: string) => inodeOf(find(w, name)).getattr();
const descriptors = (): number => fs.readdirSync('/proc/self/fd').length;

test('within a turn a file is asked about once; in the next one the host’s changes are seen', options, () => {
  const w = shared();
  turn.number = 1;
  const inode = inodeOf(find(w, '/d/a'));
  assert.equal(inode.getattr().size, 1);
  fs.writeFileSync(host('d/a'), 'longer');
  assert.equal(inode.getattr().size, 1);
  turn.number = 2;
  assert.equal(inode.getattr().size, 6);
  assert.equal(vfsChmod(w.task, find(w, '/d/a'), 0o600), 0);
  assert.equal(inode.getattr().mode & 0o777, 0o600, 'own changes are seen at once');
});

test('a directory that the host moves stays the same for who stands in it', options, () => {
  const w = shared();
  const cwd = find(w, '/d/sub');
  w.task.fs.cwd = cwd;
  fs.renameSync(host('d'), host('e'));
  assert.equal(vfsMkdir(w.task, AT_FDCWD, 'new', 0o755), 0);
  assert.deepEqual(fs.readdirSync(host('e/sub')), ['new']);
  assert.equal(w.error('/d/a', O_RDONLY), -ENOENT);
  fs.mkdirSync(host('d'));
  fs.writeFileSync(host('d/fresh'), 'x');
  assert.equal(attr(w, '/d/fresh').size, 1);
});

test('an object whose name is another’s by now is not changed in its place', options, () => {
  const w = shared();
  const old = find(w, '/d/a');
  fs.writeFileSync(host('d/other'), 'o');
  fs.chmodSync(host('d/other'), 0o640);
  fs.renameSync(host('d/other'), host('d/a'));
  assert.ok(vfsChmod(w.task, old, 0o777) < 0);
  assert.equal(fs.statSync(host('d/a')).mode & 0o777, 0o640);
});

test('an open file without a name keeps its attributes, and can be opened once more', options, () => {
  const w = shared();
  const file = w.open('/d/a', O_RDWR);
  const where = find(w, '/d/a');
  assert.equal(vfsUnlink(w.task, AT_FDCWD, '/d/a'), 0);
  assert.equal(file.getattr().nlink, 0);
  assert.equal(vfsChmod(w.task, where, 0o604), 0);
  assert.equal(file.getattr().mode & 0o777, 0o604);
  const again = inodeOf(where).open(w.task, where, O_RDONLY);
  assert.ok(typeof again !== 'number', String(again));
  again.refs++;
  putFile(again);
  putFile(file);
});

test('a nameless file gets a name by link(2)', options, () => {
  const w = shared();
  const before = descriptors();
  const file = w.open('/d', __O_TMPFILE | O_DIRECTORY | O_RDWR, 0o640);
  assert.deepEqual([file.getattr().nlink, file.getattr().mode & 0o777], [0, 0o640]);
  assert.equal(fs.readdirSync(host('d')).length, 3);
  const fd = w.files.install(file, false, 100);
  assert.equal(vfsLink(w.task, fd, '', AT_FDCWD, '/d/named', AT_EMPTY_PATH), 0);
  assert.equal(fs.statSync(host('d/named')).mode & 0o777, 0o640);
  assert.equal(vfsLink(w.task, fd, '', AT_FDCWD, '/d/a', AT_EMPTY_PATH), -EEXIST);
  w.files.close(fd);
  assert.equal(attr(w, '/d/named').nlink, 1);
  w.fs.retire();
  assert.ok(descriptors() <= before, 'no descriptor is left');
});

test('renaming keeps objects what they are', options, () => {
  const w = shared();
  const [a, b] = [inodeOf(find(w, '/d/a')), inodeOf(find(w, '/d/b'))];
  const rename = (from: string, to: string, flags: number) =>
    vfsRename(w.task, AT_FDCWD, from, AT_FDCWD, to, flags);
  assert.equal(rename('/d/a', '/d/b', RENAME_EXCHANGE), 0);
  assert.equal(inodeOf(find(w, '/d/b')), a);
  assert.equal(inodeOf(find(w, '/d/a')), b);
  assert.equal(rename('/d/a', '/d/b', 0), 0);
  assert.equal(inodeOf(find(w, '/d/b')), b);
  assert.equal(a.getattr().nlink, 0);
  assert.equal(fs.readFileSync(host('d/b'), 'latin1'), 'bb');
});

test('hard links are one object, whichever of its names goes', options, () => {
  const w = shared();
  assert.equal(vfsLink(w.task, AT_FDCWD, '/d/a', AT_FDCWD, '/d/sub/l', 0), 0);
  assert.equal(inodeOf(find(w, '/d/a')), inodeOf(find(w, '/d/sub/l')));
  assert.equal(attr(w, '/d/a').nlink, 2);
  assert.equal(vfsUnlink(w.task, AT_FDCWD, '/d/sub/l'), 0);
  assert.equal(attr(w, '/d/a').nlink, 1);
});

test('paths may be deeper than descriptors are kept, or than a stack is', options, () => {
  const w = shared();
  const start = w.task.fs.cwd;
  for (let i = 0; i < 1500; i++) {
    assert.equal(vfsMkdir(w.task, AT_FDCWD, 'x', 0o755), 0);
    w.task.fs.cwd = find(w, 'x');
  }
  const deep = w.task.fs.cwd;
  w.task.fs.cwd = start;
  for (let i = 0; i < 600; i++) assert.equal(vfsMkdir(w.task, AT_FDCWD, `/d/${i}`, 0o755), 0);
  for (let i = 0; i < 600; i++) assert.ok(typeof inodeOf(find(w, `/d/${i}/..`)) === 'object');
  for (let i = 0; i < 600; i++) assert.equal(w.error(`/d/${i}/none`, O_RDONLY), -ENOENT);
  w.task.fs.cwd = deep;
  assert.equal(vfsMkdir(w.task, AT_FDCWD, 'end', 0o755), 0);
  execFileSync('rm', ['-rf', host('x')]);
  w.task.fs.cwd = start;
});

const USERS = new UserNamespace(
  new IdMap([{ inside: 0, outside: 100000, count: 1000 }]),
  new IdMap([{ inside: 0, outside: 200000, count: 1000 }]),
);

test(
  'owners are those of the user namespace, both ways; who is not in it is nobody, and out of reach',
  asRoot,
  () => {
    const w = shared({ ids: new HostIds(USERS) });
    Object.assign(w.task, { container: { mounts: w.mounts, users: USERS } });
    for (const name of ['', 'd', 'd/a']) fs.chownSync(host(name), 100000, 200000);
    assert.deepEqual([attr(w, '/d/a').uid, attr(w, '/d/a').gid], [0, 0]);
    assert.equal(attr(w, '/d/b').uid, 65534);
    assert.equal(w.error('/d/b', O_RDWR), -EACCES, 'root inside is nobody to it');
    assert.equal(vfsChown(w.task, find(w, '/d/b'), 0, 0), -EPERM);
    assert.equal(vfsUnlink(w.task, AT_FDCWD, '/d/b'), -EOVERFLOW);
    assert.equal(vfsChown(w.task, find(w, '/d/a'), 5, 7), 0);
    const st = fs.statSync(host('d/a'));
    assert.deepEqual([st.uid, st.gid], [100005, 200007]);
    assert.equal(vfsChown(w.task, find(w, '/d/a'), 1000, -1), -EINVAL);
    putFile(w.open('/d/new', O_CREAT | O_RDWR));
    assert.equal(fs.statSync(host('d/new')).uid, 100000);
    const stranger = Object.assign(Object.create(w.task) as Task, {
      cred: { ...initialCred(5000, 5000, []), capEffective: CAP_FULL_SET },
    });
    assert.equal(w.error('/d/no', O_CREAT | O_RDWR, stranger), -EOVERFLOW);
  },
);

test('an idmapped mount translates what is on the disk', asRoot, () => {
  const same = new UserNamespace(new IdMap([]), new IdMap([]));
  const map = new IdMap([{ inside: 1000, outside: 0, count: 10 }]);
  const w = shared({ ids: new HostIds(same, map, map) });
  for (const name of ['', 'd', 'd/a']) fs.chownSync(host(name), 1000, 1003);
  assert.deepEqual([attr(w, '/d/a').uid, attr(w, '/d/a').gid], [0, 3]);
  assert.equal(attr(w, '/d/b').uid, 65534);
  assert.equal(vfsMkdir(w.task, AT_FDCWD, '/d/made', 0o755), 0);
  assert.equal(fs.statSync(host('d/made')).uid, 1000);
});

test('maps of ids are shown as the kernel shows them', () => {
  assert.equal(new IdMap([]).text, '         0          0 4294967295\n');
  assert.equal(USERS.uids.text, '         0     100000       1000\n');
});

test('file capabilities of a user namespace are those of its root on the host', asRoot, () => {
  const w = shared({ ids: new HostIds(USERS) });
  const caps = new Uint8Array(20);
  caps.set([1, 0, 0, 2, 0, 0x20]);
  for (const name of ['', 'd', 'd/a']) fs.chownSync(host(name), 100000, 200000);
  const inode = inodeOf(find(w, '/d/a'));
  assert.equal(inode.setxattr('security.capability', caps, 0), 0);
  assert.deepEqual([...(inode.getxattr('security.capability') as Uint8Array)], [...caps]);
  const outside = inodeOf(find(shared(), '/d/a')).getxattr('security.capability') as Uint8Array;
  assert.equal(outside.length, 24);
  assert.equal(Buffer.from(outside).readUInt32LE(20), 100000);
  assert.equal(inode.setxattr('security.capability', caps.subarray(1), 0), -EINVAL);
});

test('two shares of one directory show the same objects: locks and watches meet', options, () => {
  const [one, two] = [shared(), shared()];
  const [a, b] = [one.open('/d/a', O_RDWR), two.open('/d/a', O_RDWR)];
  assert.notEqual(a.inode, b.inode);
  assert.equal(a.inode.identity, b.inode.identity);
  assert.notEqual(a.inode.identity, inodeOf(find(two, '/d/b')).identity);
  assert.equal(flock(one.task, a, F_WRLCK, false), 0);
  assert.equal(flock(two.task, b, F_WRLCK, false), -EAGAIN);
  const names: string[] = [];
  const mark = { event: (_mask: number, name: string) => void names.push(name) };
  const dir = inodeOf(find(one, '/d'));
  addMark(dir, mark);
  putFile(two.open('/d/made', O_CREAT | O_RDWR));
  removeMark(dir, mark);
  assert.ok(names.includes('made'), names.join());
  putFile(a);
  assert.equal(flock(two.task, b, F_WRLCK, false), 0);
  putFile(b);
});

test('a path descriptor survives that its file goes', options, () => {
  const w = shared();
  const file = w.open('/d/a', O_PATH);
  fs.rmSync(host('d/a'));
  assert.equal(file.getattr().size, 1);
  putFile(file);
});
