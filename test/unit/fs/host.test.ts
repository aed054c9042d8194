import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ENOENT, ENOTDIR, ENXIO, EPERM, EXDEV } from '../../../src/abi/errno.js';
import { AT_FDCWD, O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from '../../../src/abi/fcntl.js';
import { S_IFIFO } from '../../../src/abi/stat.js';
import { HostFs } from '../../../src/fs/hostfs/hostfs.js';
import { OverlayFs } from '../../../src/fs/overlay/overlay.js';
import { type Native, St } from '../../../src/platform/native.js';
import { inodeOf } from '../../../src/vfs/dentry.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import {
  vfsChmod,
  vfsMkdir,
  vfsMknod,
  vfsRename,
  vfsRmdir,
  vfsSymlink,
  vfsUnlink,
} from '../../../src/vfs/fsops.js';
import { resolveAt } from '../../../src/vfs/namei.js';
import { realNative, World } from '../vfs/world.js';

const options = { skip: realNative === undefined ? 'the addon is not built' : false };
let dir = '';
const host = (name: string): string => path.join(dir, name);

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tvisor-fs-'));
  fs.mkdirSync(host('d/sub'), { recursive: true });
  for (const n of ['b', 'a', 'c']) fs.writeFileSync(host(`d/${n}`), n);
  fs.writeFileSync(host('big'), Buffer.alloc(300000, 'B'));
  fs.linkSync(host('d/a'), host('hard'));
  fs.symlinkSync('d/a', host('link'));
  execFileSync('mkfifo', [host('fifo')]);
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

/** Everything of the host directory that a change would show in. */
function snapshot(): string {
  return execFileSync(
    'sh',
    ['-c', 'find . -printf "%p %i %m %s %T@ %l\\n" | sort; cat d/* big hard 2>/dev/null | md5sum'],
    {
      cwd: dir,
      encoding: 'latin1',
    },
  );
}
const descriptors = (): number => fs.readdirSync('/proc/self/fd').length;
const overlay = (): World => new World(realNative as Native, new OverlayFs(realNative as Native, dir, {}));
const shared = (readonly = false): World =>
  new World(realNative as Native, new HostFs(realNative as Native, dir, { readonly }));

function attr(w: World, name: string) {
  const p = resolveAt(w.task, AT_FDCWD, name, 0);
  assert.ok(typeof p !== 'number', `${name}: ${String(p)}`);
  return inodeOf(p).getattr();
}
function order(): string[] {
  return execFileSync('ls', ['-U', host('d')], { encoding: 'latin1' })
    .trim()
    .split('\n');
}

test('native calls never leave their root', options, () => {
  const n = realNative as Native;
  fs.symlinkSync('/etc', host('out'));
  const root = n.openRoot(dir);
  assert.equal(n.statAt(root, '../x'), -EXDEV);
  assert.equal(n.statAt(root, '..'), -EXDEV);
  assert.equal(n.statAt(root, '/etc'), -EXDEV);
  assert.equal(n.statAt(root, 'out'), 0, 'the link itself');
  assert.ok(n.statAt(root, 'out/passwd') < 0);
  assert.ok(n.openAt(root, 'out/passwd', O_RDONLY, 0) < 0);
  assert.ok(n.openAt(root, 'link', O_RDONLY, 0) < 0);
  assert.ok(n.mkdirAt(root, '../evil', 0o755) < 0);
  assert.ok(n.mkdirAt(root, 'out/evil', 0o755) < 0);
  assert.ok(n.renameAt(root, 'big', root, '../big', 0) < 0);
  assert.equal(n.openAt(root, 'fifo', O_RDONLY, 0), -ENXIO);
  assert.equal(n.readlinkAt(root, 'link'), 'd/a');
  n.close(root);
});

test('overlay: the host shows through and never changes', options, () => {
  const before = snapshot();
  const w = overlay();
  const real = fs.lstatSync(host('d/a'));
  const a = attr(w, '/d/a');
  assert.deepEqual([a.ino, a.nlink, a.size, a.mode], [real.ino, 2, 1, real.mode]);
  assert.equal(inodeOf(resolveAt(w.task, AT_FDCWD, '/hard', 0) as never).ino, a.ino);
  assert.deepEqual(w.list('/d'), order());
  assert.equal(w.get('/link'), 'a');

  const big = w.open('/big', O_RDWR);
  assert.equal(w.write(big, 'new', 100000), 3);
  assert.equal(w.read(big, 5, 99999), 'BnewB');
  assert.equal(big.getattr().size, 300000);
  w.write(w.open('/hard', O_WRONLY), 'H', 0);
  assert.equal(w.get('/d/a'), 'H', 'both names of a hard link are one file');
  assert.equal(vfsChmod(w.task, resolveAt(w.task, AT_FDCWD, '/d/b', 0) as never, 0o600), 0);
  assert.equal(vfsUnlink(w.task, AT_FDCWD, '/d/c'), 0);
  w.put('/d/made', 'm');
  const left = order().filter((n) => n !== 'c');
  assert.deepEqual(w.list('/d'), [...left, 'made']);
  assert.equal(w.error('/d/c', O_RDONLY), -ENOENT);
  w.put('/d/c', 'other');
  assert.equal(w.get('/d/c'), 'other');
  assert.equal(snapshot(), before);
});

test('overlay: directories of the host move with what is in them', options, () => {
  const before = snapshot();
  const w = overlay();
  assert.ok(vfsRmdir(w.task, AT_FDCWD, '/d') < 0);
  assert.equal(vfsRename(w.task, AT_FDCWD, '/d', AT_FDCWD, '/e', 0), 0);
  assert.equal(w.get('/e/b'), 'b');
  assert.equal(w.error('/d', O_RDONLY), -ENOENT);
  assert.equal(vfsMkdir(w.task, AT_FDCWD, '/d', 0o755), 0);
  assert.deepEqual(w.list('/d'), [], 'a new directory does not show the old one');
  assert.equal(vfsRename(w.task, AT_FDCWD, '/e/b', AT_FDCWD, '/d/b', 0), 0);
  assert.equal(w.get('/d/b'), 'b');
  for (const n of ['a', 'c']) assert.equal(vfsUnlink(w.task, AT_FDCWD, `/e/${n}`), 0);
  assert.equal(vfsRmdir(w.task, AT_FDCWD, '/e/sub'), 0);
  assert.equal(vfsRmdir(w.task, AT_FDCWD, '/e'), 0);
  assert.equal(w.list('/').includes('e'), false);
  assert.equal(snapshot(), before);
});

test('overlay: many opens share one host descriptor', options, () => {
  const w = overlay();
  const before = descriptors();
  const files = Array.from({ length: 1000 }, () => w.open('/big'));
  assert.equal(descriptors() - before, 1);
  assert.equal(w.read(files[999] as never, 3, 0), 'BBB');
  for (const f of files) putFile(f);
  assert.equal(w.get('/big').length, 300000);
  assert.ok(descriptors() - before <= 1);
});

test('overlay: what a mapping got stays the same file, whatever happens to the name', options, () => {
  const w = overlay();
  const reader = w.open('/big');
  const before = reader.map(false);
  assert.ok(typeof before !== 'number');
  w.put('/big', 'new');
  const n = realNative as Native;
  assert.equal(n.fstat(before.hostFd), 0, 'a writer does not close it');
  assert.equal(n.statBuf[St.ino], fs.statSync(host('big')).ino);
  const count = descriptors();
  putFile(reader);
  assert.equal(descriptors(), count - 1, 'the last user does');
});

test('overlay: a mapping made after a writer came sees what is written', options, () => {
  const w = overlay();
  const writer = w.open('/big', O_RDWR);
  const reader = w.open('/big');
  const map = reader.map(false);
  assert.ok(typeof map !== 'number');
  w.write(writer, 'changed', 0);
  const bytes = new Uint8Array(7);
  (realNative as Native).pread(map.hostFd, bytes, 0, 7, 0);
  assert.equal(Buffer.from(bytes).toString('latin1'), 'changed');
  for (const f of [writer, reader]) putFile(f);
});

test('overlay: a file that grew on the host since its look-up is read whole', options, () => {
  const w = overlay();
  assert.equal(attr(w, '/big').size, 300000);
  fs.appendFileSync(host('big'), 'more');
  assert.equal(w.get('/big').length, 300004);
});

test('shared directory: one file alone can be shared', options, () => {
  const fsys = new HostFs(realNative as Native, host('big'), {});
  assert.equal(fsys.root.getattr().size, 300000);
  assert.equal(fsys.root.lookup('d', undefined), -ENOTDIR);
  const count = descriptors();
  assert.equal(fsys.sync(), 0);
  assert.equal(descriptors(), count);
});

test('shared directory: both sides see changes at once', options, () => {
  const w = shared();
  w.put('/new', 'from the guest');
  assert.equal(fs.readFileSync(host('new'), 'latin1'), 'from the guest');
  fs.writeFileSync(host('new'), 'from the host');
  assert.equal(w.get('/new'), 'from the host');
  assert.equal(attr(w, '/new').size, 13);
  fs.renameSync(host('new'), host('other'));
  assert.equal(w.error('/new', O_RDONLY), -ENOENT);
  assert.equal(w.get('/other'), 'from the host');
  assert.equal(resolveInode(w, '/hard'), resolveInode(w, '/d/a'));
  assert.equal(vfsSymlink(w.task, '/etc', AT_FDCWD, '/out'), 0);
  assert.equal(fs.readlinkSync(host('out')), '/etc');
  assert.equal(w.error('/out/passwd', O_RDONLY), -ENOENT, 'links are the guest kernel to follow');
  const open = w.open('/d/b', O_RDWR);
  assert.equal(vfsRename(w.task, AT_FDCWD, '/d', AT_FDCWD, '/moved', 0), 0);
  assert.equal(w.get('/moved/b'), 'b');
  assert.equal(vfsUnlink(w.task, AT_FDCWD, '/moved/b'), 0);
  w.write(open, 'still', 0);
  assert.equal(w.read(open, 9, 0), 'still');
  assert.equal(open.getattr().nlink, 0);
  putFile(open);
});

function resolveInode(w: World, name: string) {
  return inodeOf(resolveAt(w.task, AT_FDCWD, name, 0) as never);
}

test('shared directory: FIFOs and devices of the host are out of reach', options, () => {
  const w = shared();
  assert.equal(attr(w, '/fifo').mode & 0o170000, S_IFIFO);
  assert.equal(w.error('/fifo', O_RDONLY), -ENXIO);
  assert.equal(vfsMknod(w.task, AT_FDCWD, '/null', 0o20666, 0x103), -EPERM);
  assert.equal(fs.existsSync(host('null')), false);
  const before = snapshot();
  const ro = shared(true);
  assert.ok(ro.error('/x', O_WRONLY | O_CREAT) < 0);
  assert.ok(ro.error('/big', O_WRONLY) < 0);
  assert.ok(vfsUnlink(ro.task, AT_FDCWD, '/big') < 0);
  assert.equal(snapshot(), before);
});
