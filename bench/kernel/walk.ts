/** Path walk: names to dentries, in a tmpfs over a host that is a map of byte arrays. */
import { ENOENT } from '../../src/abi/errno.js';
import { AT_FDCWD } from '../../src/abi/fcntl.js';
import { vfsMkdir, vfsSymlink } from '../../src/vfs/fsops.js';
import { LOOKUP_FOLLOW, resolveAt } from '../../src/vfs/namei.js';
import { tmpWorld } from '../../test/unit/vfs/world.js';
import type { KernelRow } from './row.js';

const family = 'walk';
const batch = 100;

/** `/d1/d2/.../file`: a file below `depth - 1` directories. */
function deepName(depth: number): string {
  const directories = Array.from({ length: depth - 1 }, (_, i) => `/d${i + 1}`);
  return `${directories.join('')}/file`;
}

function makeTree() {
  const world = tmpWorld();
  let directory = '';
  world.put('/file', 'text');
  for (let i = 1; i < 10; i++) {
    directory += `/d${i}`;
    vfsMkdir(world.task, AT_FDCWD, directory, 0o755);
    world.put(`${directory}/file`, 'text');
  }
  vfsSymlink(world.task, 'd1/d2', AT_FDCWD, '/link');
  return world;
}

/** Walk a name again and again. @returns 0, or the negative errno */
function walking(name: string): () => number {
  const { task } = makeTree();
  return () => {
    let result = 0;
    for (let i = 0; i < batch; i++) {
      const path = resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW);
      result = typeof path === 'number' ? path : 0;
    }
    return result;
  };
}

function hit(depth: number): KernelRow {
  const label = `walk, ${depth} ${depth === 1 ? 'name' : 'names'}`;
  return {
    name: `walk-${depth}`,
    label,
    family,
    batch,
    prepare: () => walking(deepName(depth)),
    expected: 0,
  };
}

export const walkRows: readonly KernelRow[] = [
  hit(1),
  hit(5),
  hit(10),
  {
    name: 'walk-miss',
    label: 'walk, 5 names, the last is missing',
    family,
    batch,
    prepare: () => walking('/d1/d2/d3/d4/missing'),
    expected: -ENOENT,
  },
  {
    name: 'walk-symlink',
    label: 'walk, through a symbolic link to 2 names',
    family,
    batch,
    prepare: () => walking('/link/file'),
    expected: 0,
  },
];
