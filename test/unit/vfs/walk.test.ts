import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EACCES,
  EEXIST,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  EXDEV,
} from '../../../src/abi/errno.js';
import {
  AT_FDCWD,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../../../src/abi/fcntl.js';
import { TmpFs } from '../../../src/fs/tmpfs/tmpfs.js';
import { inodeOf, type Path } from '../../../src/vfs/dentry.js';
import { vfsChmod, vfsMkdir, vfsRename, vfsRmdir, vfsSymlink } from '../../../src/vfs/fsops.js';
import { LOOKUP_FOLLOW, openAt, pathName, resolveAt } from '../../../src/vfs/namei.js';
import { tmpWorld, type World } from './world.js';

function place(w: World, name: string, flags = LOOKUP_FOLLOW): Path {
  const p = resolveAt(w.task, AT_FDCWD, name, flags);
  assert.ok(typeof p !== 'number', `${name}: ${String(p)}`);
  return p;
}
function fails(w: World, name: string, task = w.task): number {
  const p = resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW);
  return typeof p === 'number' ? p : 0;
}
function tree(): ReturnType<typeof tmpWorld> {
  const w = tmpWorld();
  for (const d of ['/a', '/a/b', '/a/b/c']) assert.equal(vfsMkdir(w.task, AT_FDCWD, d, 0o755), 0);
  w.put('/a/b/c/file', 'text');
  return w;
}

test('slashes, dots and the root as upper end', () => {
  const w = tree();
  const file = inodeOf(place(w, '/a/b/c/file'));
  for (const name of ['//a///b/./c/file', 'a/b/../b/c/file', '/../../a/b/c/file', '/a/b/c/../../b/c/file']) {
    assert.equal(inodeOf(place(w, name)), file, name);
  }
  assert.equal(fails(w, '/a/b/c/file/'), -ENOTDIR);
  assert.equal(fails(w, '/a/b/c/file/x'), -ENOTDIR);
  assert.equal(fails(w, '/a/x/../b'), -ENOENT);
  assert.equal(fails(w, ''), -ENOENT);
  assert.equal(fails(w, `/${'n'.repeat(256)}`), -ENAMETOOLONG);
  assert.equal(fails(w, `/${'n'.repeat(255)}`), -ENOENT);
  assert.equal(fails(w, '/'.repeat(4096)), -ENAMETOOLONG);
});

test('symbolic links: relative, absolute, chains, loops', () => {
  const w = tree();
  vfsSymlink(w.task, 'b/c', AT_FDCWD, '/a/rel');
  vfsSymlink(w.task, '/a/rel/file', AT_FDCWD, '/abs');
  vfsSymlink(w.task, 'loop', AT_FDCWD, '/loop');
  vfsSymlink(w.task, 'abs/', AT_FDCWD, '/slash');
  assert.equal(pathName(w.task, place(w, '/abs')), '/a/b/c/file');
  assert.equal(pathName(w.task, place(w, '/a/rel/..')), '/a/b');
  assert.equal(fails(w, '/loop'), -ELOOP);
  assert.equal(fails(w, '/slash'), -ENOTDIR);
  for (let i = 0; i <= 41; i++) vfsSymlink(w.task, i === 0 ? '/a' : `l${i - 1}`, AT_FDCWD, `/l${i}`);
  assert.equal(fails(w, '/l39'), 0, '40 links are fine');
  assert.equal(fails(w, '/l40'), -ELOOP, 'the 41st is not');
});

test('search permission at every step', () => {
  const w = tree();
  const user = w.as(1000);
  assert.equal(vfsChmod(w.task, place(w, '/a/b'), 0o700), 0);
  assert.equal(fails(w, '/a/b/c/file', user), -EACCES);
  assert.equal(fails(w, '/a/b', user), 0);
  assert.equal(fails(w, '/a/b/../x', user), -EACCES);
  assert.equal(fails(w, '/a/b/c/file'), 0, 'root may');
});

test('mounts are crossed in both directions and hide what is below', () => {
  const w = tree();
  const other = new TmpFs(w.native, {});
  w.mounts.mount(other, place(w, '/a/b'), 0);
  assert.equal(fails(w, '/a/b/c'), -ENOENT);
  w.put('/a/b/inside', 'x');
  assert.equal(pathName(w.task, place(w, '/a/b/inside')), '/a/b/inside');
  assert.equal(inodeOf(place(w, '/a/b/..')), inodeOf(place(w, '/a')));
  assert.equal(vfsRename(w.task, AT_FDCWD, '/a/b/inside', AT_FDCWD, '/moved', 0), -EXDEV);
  assert.ok(vfsRmdir(w.task, AT_FDCWD, '/a/b') < 0, 'a mount point stays');
  const how = (resolve: number) => openAt(w.task, AT_FDCWD, '/a/b/inside', O_RDONLY, 0, resolve);
  assert.equal(how(RESOLVE_NO_XDEV), -EXDEV);
});

test('names follow renames and removals', () => {
  const w = tree();
  const c = place(w, '/a/b/c');
  assert.equal(vfsRename(w.task, AT_FDCWD, '/a/b', AT_FDCWD, '/z', 0), 0);
  assert.equal(pathName(w.task, c), '/z/c');
  assert.equal(fails(w, '/a/b'), -ENOENT);
  const dir = w.open('/z', O_RDONLY | O_DIRECTORY);
  vfsMkdir(w.task, AT_FDCWD, '/z/gone', 0o755);
  const gone = place(w, '/z/gone');
  assert.equal(vfsRmdir(w.task, AT_FDCWD, '/z/gone'), 0);
  assert.equal(pathName(w.task, gone), '/z/gone (deleted)');
  w.task.fs.cwd = gone;
  assert.equal(vfsMkdir(w.task, AT_FDCWD, 'x', 0o755), -ENOENT, 'nothing is made in a removed directory');
  assert.equal(inodeOf(place(w, '..')), dir.inode);
});

test('open: creation, links and kinds', () => {
  const w = tree();
  vfsSymlink(w.task, 'new', AT_FDCWD, '/dangling');
  vfsSymlink(w.task, 'a', AT_FDCWD, '/dirlink');
  assert.equal(w.error('/dangling', O_RDONLY), -ENOENT);
  assert.equal(w.error('/dangling', O_RDWR | O_CREAT | O_EXCL), -EEXIST);
  assert.equal(w.error('/dangling', O_RDWR | O_CREAT | O_NOFOLLOW), -ELOOP);
  assert.equal(w.error('/dangling', O_RDWR | O_CREAT), 0);
  assert.equal(w.get('/new'), '');
  assert.equal(w.error('/a', O_WRONLY), -EISDIR);
  assert.equal(w.error('/a', O_RDONLY | O_CREAT), -EISDIR);
  assert.equal(w.error('/fresh/', O_WRONLY | O_CREAT), -EISDIR);
  assert.equal(w.error('/dirlink', O_RDONLY | O_NOFOLLOW), -ELOOP);
  assert.equal(w.error('/dirlink', O_RDONLY | O_NOFOLLOW | O_DIRECTORY), -ENOTDIR);
  assert.equal(w.error('/dirlink', O_PATH | O_NOFOLLOW), 0);
  assert.equal(w.error('/a/b/c/file', O_RDONLY | O_DIRECTORY), -ENOTDIR);
  const user = w.as(1000);
  assert.equal(w.error('/a/made', O_WRONLY | O_CREAT, user), -EACCES);
  assert.equal(w.error('/a/b/c/file', O_WRONLY, user), -EACCES);
  assert.equal(w.error('/a/b/c/file', O_RDONLY, user), 0);
});

test('openat2 restrictions', () => {
  const w = tree();
  vfsSymlink(w.task, '/a/b', AT_FDCWD, '/a/absolute');
  const fd = w.files.install(w.open('/a', O_RDONLY | O_DIRECTORY), false, 100);
  const at = (name: string, resolve: number) => {
    const r = openAt(w.task, fd, name, O_PATH, 0, resolve);
    return typeof r === 'number' ? r : 0;
  };
  assert.equal(at('b/../b/c', RESOLVE_BENEATH), 0);
  assert.equal(at('../a', RESOLVE_BENEATH), -EXDEV);
  assert.equal(at('absolute', RESOLVE_BENEATH), -EXDEV);
  assert.equal(at('absolute', RESOLVE_NO_SYMLINKS), -ELOOP);
  assert.equal(at('../../b', RESOLVE_IN_ROOT), 0);
  assert.equal(at('/b', RESOLVE_IN_ROOT), 0);
  assert.equal(at('absolute', RESOLVE_IN_ROOT), -ENOENT);
});
