/** The descriptor table: numbers to descriptions. */
import { O_RDONLY } from '../../src/abi/fcntl.js';
import { FdTable } from '../../src/vfs/fdtable.js';
import { tmpWorld } from '../../test/unit/vfs/world.js';
import type { KernelRow } from './row.js';

const family = 'descriptors';
const batch = 100;
const limit = 1024;
/** As many as a busy server has open. */
const opened = 200;

/** A table with descriptors 0 to `opened` - 1. */
function fullTable() {
  const world = tmpWorld();
  world.put('/file', 'text');
  const file = world.open('/file', O_RDONLY);
  const table = new FdTable();
  for (let i = 0; i < opened; i++) {
    table.install(file, false, limit);
  }
  return { table, file };
}

export const descriptorRows: readonly KernelRow[] = [
  {
    name: 'fd-get',
    label: 'descriptor: get',
    family,
    batch,
    prepare: () => {
      const { table, file } = fullTable();
      return () => {
        let found = 0;
        for (let i = 0; i < batch; i++) {
          found += table.get(i) === file ? 1 : 0;
        }
        return found;
      };
    },
    expected: batch,
  },
  {
    name: 'fd-install-close',
    label: 'descriptor: install at the end, close',
    family,
    batch,
    prepare: () => {
      const { table, file } = fullTable();
      return () => {
        let fd = 0;
        for (let i = 0; i < batch; i++) {
          fd = table.install(file, true, limit);
          table.close(fd);
        }
        return fd;
      };
    },
    expected: opened,
  },
  {
    name: 'fd-lowest-free',
    label: 'descriptor: close in the middle, install there',
    family,
    batch,
    prepare: () => {
      const { table, file } = fullTable();
      return () => {
        let fd = 0;
        for (let i = 0; i < batch; i++) {
          table.close(i);
          fd = table.install(file, false, limit);
        }
        return fd;
      };
    },
    expected: batch - 1,
  },
  {
    name: 'fd-replace',
    label: 'descriptor: dup2 over an open one',
    family,
    batch,
    prepare: () => {
      const { table, file } = fullTable();
      return () => {
        for (let i = 0; i < batch; i++) {
          table.replace(i, file, false);
        }
        return file.refs;
      };
    },
    // `open` of the test world keeps a reference of its own.
    expected: opened + 1,
  },
];
