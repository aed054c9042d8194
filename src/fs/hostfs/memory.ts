/**
 * A tmpfs of the host's in a container: engines make one for each container's /dev/shm. What the sentry writes there for guests is
 * memory that the host charges to the sentry, so it is counted as the container's here.
 */

import { TMPFS_MAGIC } from '../../abi/stat.js';
import type { ContainerMemory, Mapped } from '../../kernel/container-memory.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { HostFs } from './hostfs.js';

/** File systems that are counted already, by device: containers of a sandbox may share them. */
const counted = new WeakMap<Kernel, Map<number, HostMemory>>();

export class HostMemory implements Mapped {
  /** Bytes that guests wrote, as far as they can still be there. */
  private written = 0;

  private constructor(
    private readonly fs: HostFs,
    readonly memory: ContainerMemory,
  ) {}

  /** Has `fs` counted, if it is a tmpfs that was empty until now and so nobody else's. */
  static adopt(kernel: Kernel, fs: HostFs, memory: ContainerMemory): void {
    const st = fs.statfs();
    if (typeof st === 'number' || st.type !== TMPFS_MAGIC || st.blocks === 0 || st.bfree !== st.blocks)
      return;
    const all = counted.get(kernel) ?? new Map<number, HostMemory>();
    counted.set(kernel, all);
    const known = all.get(fs.dev);
    if (known?.memory.mapped.has(known) === true) return;
    const account = new HostMemory(fs, memory);
    all.set(fs.dev, account);
    memory.mapped.add(account);
    fs.account = account;
  }

  /** Bytes in use by whomever. */
  private get used(): number {
    const st = this.fs.statfs();
    return typeof st === 'number' ? 0 : (st.blocks - st.bfree) * st.bsize;
  }

  /** Does something that may take more of it. @param bytes at most so many @returns what `act` gave for those it may take, or 0 */
  grow(bytes: number, act: (bytes: number) => number): number {
    const room = this.memory.room(bytes);
    if (room <= 0) return 0;
    const before = this.used;
    const result = act(room);
    this.set(this.written + Math.max(0, this.used - before));
    return result;
  }

  recount(): void {
    this.set(Math.min(this.written, this.used));
  }

  private set(bytes: number): void {
    const change = bytes - this.written;
    this.written = bytes;
    if (change !== 0) this.memory.charge(change);
  }
}
