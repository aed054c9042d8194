import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { TMPFS_MAGIC } from '../../../src/abi/stat.js';
import type { HostFs } from '../../../src/fs/hostfs/hostfs.js';
import { HostMemory } from '../../../src/fs/hostfs/memory.js';
import { ContainerMemory } from '../../../src/kernel/container-memory.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { TimerQueue } from '../../../src/kernel/timers.js';
import type { Native } from '../../../src/platform/native.js';

const PAGE = 4096;
const BLOCKS = 10_000;

/** A file system of the host with so many pages in use. */
class Disk {
  account: HostMemory | undefined;
  used = 0;
  constructor(
    readonly dev: number,
    private readonly type = TMPFS_MAGIC,
  ) {}
  statfs(): object {
    return { type: this.type, bsize: PAGE, blocks: BLOCKS, bfree: BLOCKS - this.used };
  }
}

let kernel: Kernel;
const native = { hostProc: () => '0 0 0', close: () => 0 } as unknown as Native;
function newMemory(): ContainerMemory {
  const timers = new TimerQueue(() => 0);
  return new ContainerMemory({ native, timers, now: () => 0, processes: () => [], kill: () => undefined });
}
function adopt(disk: Disk, memory: ContainerMemory): HostMemory | undefined {
  HostMemory.adopt(kernel, disk as unknown as HostFs, memory);
  return disk.account;
}
/** Writes pages as a file would. */
function write(disk: Disk, pages: number): number {
  return (
    disk.account?.grow(pages * PAGE, (room) => {
      disk.used += Math.floor(room / PAGE);
      return room;
    }) ?? -1
  );
}

beforeEach(() => {
  kernel = {} as Kernel;
});

describe("an empty tmpfs of the host's", () => {
  it('is the memory of the container that it is mounted in', () => {
    const [disk, memory] = [new Disk(7), newMemory()];
    adopt(disk, memory);
    assert.equal(write(disk, 5), 5 * PAGE);
    assert.equal(memory.held, 5 * PAGE);
    disk.used = 2;
    assert.equal(memory.usage(), 2 * PAGE, 'files were removed');
  });

  it('counts nothing that others write', () => {
    const [disk, memory] = [new Disk(7), newMemory()];
    adopt(disk, memory);
    disk.used = 100;
    assert.equal(memory.usage(), 0);
    write(disk, 1);
    assert.equal(memory.usage(), PAGE);
  });

  it('takes no more than the container may have', () => {
    const [disk, memory] = [new Disk(7), newMemory()];
    memory.setLimit(100 * PAGE);
    adopt(disk, memory);
    assert.equal(write(disk, 1000), 100 * PAGE);
    assert.equal(write(disk, 1), 0);
  });

  it('is counted once, and by the next container when the first is gone', () => {
    const [first, second] = [newMemory(), newMemory()];
    assert.ok(adopt(new Disk(7), first));
    assert.equal(adopt(new Disk(7), second), undefined);
    first.dispose();
    assert.ok(adopt(new Disk(7), second));
  });
});

describe('other file systems', () => {
  it('are not counted: those on disks, and those with files of others', () => {
    assert.equal(adopt(new Disk(8, 0xef53), newMemory()), undefined);
    const full = new Disk(9);
    full.used = 1;
    assert.equal(adopt(full, newMemory()), undefined);
  });
});
