import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EEXIST, EINVAL, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY, EPERM } from '../../../src/abi/errno.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  O_CREAT,
  O_RDWR,
  O_TMPFILE,
  O_WRONLY,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../../src/abi/fcntl.js';
import { inodeOf, type Path } from '../../../src/vfs/dentry.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import {
  vfsChmod,
  vfsLink,
  vfsMkdir,
  vfsRename,
  vfsRmdir,
  vfsTruncate,
  vfsUnlink,
} from '../../../src/vfs/fsops.js';
import { resolveAt } from '../../../src/vfs/namei.js';
import { tmpWorld, type World } from '../vfs/world.js';

function place(w: World, name: string): Path {
  const p = resolveAt(w.task, AT_FDCWD, name, 0);
  assert.ok(typeof p !== 'number', `${name}: ${String(p)}`);
  return p;
}
const attr = (w: World, name: string) => inodeOf(place(w, name)).getattr();
const rename = (w: World, a: string, b: string, flags = 0) =>
  vfsRename(w.task, AT_FDCWD, a, AT_FDCWD, b, flags);

test('rename: what may replace what', () => {
  const w = tmpWorld();
  for (const d of ['/d', '/d/sub', '/e', '/full']) vfsMkdir(w.task, AT_FDCWD, d, 0o755);
  w.put('/f', 'F');
  w.put('/g', 'G');
  w.put('/full/x', '');
  assert.equal(rename(w, '/f', '/d'), -EISDIR);
  assert.equal(rename(w, '/d', '/f'), -ENOTDIR);
  assert.equal(rename(w, '/d', '/full'), -ENOTEMPTY);
  assert.equal(rename(w, '/d', '/d/sub/x'), -EINVAL);
  assert.equal(rename(w, '/d/sub', '/d'), -ENOTEMPTY);
  assert.equal(rename(w, '/f', '/g', RENAME_NOREPLACE), -EEXIST);
  assert.equal(rename(w, '/f', '/g', RENAME_EXCHANGE), 0);
  assert.deepEqual([w.get('/f'), w.get('/g')], ['G', 'F']);
  assert.equal(rename(w, '/d/sub', '/e/sub'), 0);
  assert.deepEqual([attr(w, '/d').nlink, attr(w, '/e').nlink], [2, 3]);
  assert.equal(rename(w, '/f', '/nothing/', 0), -ENOTDIR);
  assert.equal(rename(w, '/d', '/new/'), 0);
  assert.equal(rename(w, '/f', '/g'), 0);
  assert.equal(w.get('/g'), 'G');
});

test('links, and files without a name', () => {
  const w = tmpWorld();
  w.put('/f', 'data');
  assert.equal(vfsLink(w.task, AT_FDCWD, '/f', AT_FDCWD, '/g', 0), 0);
  assert.equal(attr(w, '/g').nlink, 2);
  const open = w.open('/f', O_RDWR);
  vfsUnlink(w.task, AT_FDCWD, '/f');
  vfsUnlink(w.task, AT_FDCWD, '/g');
  assert.equal(open.getattr().nlink, 0);
  assert.equal(w.read(open, 10, 0), 'data');
  const gone = w.files.install(open, false, 10);
  assert.equal(vfsLink(w.task, gone, '', AT_FDCWD, '/again', AT_EMPTY_PATH), -ENOENT);
  const nameless = w.open('/', O_RDWR | O_TMPFILE);
  w.write(nameless, 'tmp', 0);
  const fd = w.files.install(nameless, false, 10);
  assert.equal(vfsLink(w.task, fd, '', AT_FDCWD, '/named', AT_EMPTY_PATH), 0);
  assert.equal(w.get('/named'), 'tmp');
  assert.equal(attr(w, '/named').nlink, 1);
});

test('contents grow into host memory and give it back', () => {
  const w = tmpWorld();
  const f = w.open('/f', O_RDWR | O_CREAT);
  assert.equal(w.write(f, 'x'.repeat(60000), 0), 60000);
  assert.equal(w.host.files.size, 0, 'small files use no descriptor');
  assert.equal(w.write(f, 'y'.repeat(60000), 60000), 60000);
  assert.equal(w.host.files.size, 1);
  assert.equal(w.read(f, 4, 59998), 'xxyy');
  assert.equal(f.getattr().size, 120000);
  vfsUnlink(w.task, AT_FDCWD, '/f');
  assert.equal(w.host.files.size, 1, 'still open');
  putFile(f);
  assert.equal(w.host.files.size, 0);
  assert.equal(w.root.bytesFree, w.root.maxBytes);
});

test('holes read as zeroes, also after shrinking and growing', () => {
  const w = tmpWorld();
  const f = w.open('/f', O_RDWR | O_CREAT);
  w.write(f, 'abcdef', 0);
  assert.equal(f.truncate(2), 0);
  assert.equal(f.truncate(6), 0);
  assert.equal(w.read(f, 10, 0), 'ab\0\0\0\0');
  w.write(f, 'z', 10);
  assert.equal(w.read(f, 20, 4), '\0\0\0\0\0\0z');
  assert.deepEqual([f.seek(3, SEEK_DATA), f.seek(3, SEEK_HOLE), f.seek(11, SEEK_DATA)], [3, 11, -6]);
});

test('space and number of objects are limited', () => {
  const w = tmpWorld({ maxBytes: 16384, maxInodes: 4 });
  const f = w.open('/f', O_WRONLY | O_CREAT);
  assert.equal(w.write(f, 'x'.repeat(20000), 0), 16384, 'as much as fits');
  assert.equal(w.write(f, 'x', 16384), -ENOSPC);
  assert.equal(f.truncate(0), 0);
  assert.equal(w.write(f, 'x', 0), 1);
  w.put('/g', '');
  w.put('/h', '');
  assert.equal(w.error('/i', O_WRONLY | O_CREAT), -ENOSPC);
  vfsUnlink(w.task, AT_FDCWD, '/g');
  assert.equal(w.error('/i', O_WRONLY | O_CREAT), 0);
});

test('ownership rules: sticky directories, set-ID bits', () => {
  const w = tmpWorld({ mode: 0o1777 });
  const one = w.as(1000);
  const two = w.as(2000);
  const f = w.open('/f', O_WRONLY | O_CREAT, 0o666, one);
  assert.equal(vfsUnlink(two, AT_FDCWD, '/f'), -EPERM);
  assert.equal(vfsRename(two, AT_FDCWD, '/f', AT_FDCWD, '/x', 0), -EPERM);
  assert.equal(vfsChmod(two, place(w, '/f'), 0o777), -EPERM);
  assert.equal(vfsChmod(one, place(w, '/f'), 0o4777), 0);
  assert.equal(vfsTruncate(one, place(w, '/f'), 0), 0);
  assert.equal(attr(w, '/f').mode & 0o7777, 0o777, 'a change takes set-user-ID away');
  assert.equal(vfsRmdir(one, AT_FDCWD, '/f'), -ENOTDIR);
  assert.equal(vfsUnlink(one, AT_FDCWD, '/f'), 0);
  f.release();
});
