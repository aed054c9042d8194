/**
 * Shared memory of System V (ipc/shm.c). The bytes are in a memfd of the sentry's that the host maps into guests. How often a
 * segment is attached is not counted but seen: munmap(2), mprotect(2) and mremap(2) are the host's own and cut mappings up
 * or move them unseen, so the host's lists of mappings are read when somebody asks.
 */

import { totalmem } from 'node:os';
import { EINVAL, ENOMEM, ENOSPC, EPERM } from '../../abi/errno.js';
import { IPC_PRIVATE, SHM_DEST, SHM_HUGETLB, SHM_LOCK, SHM_LOCKED, SHMMIN } from '../../abi/ipc.js';
import { CAP_IPC_LOCK, RLIMIT_MEMLOCK } from '../../abi/sched.js';
import { PAGE_SIZE } from '../../arch/x86-64.js';
import { hostFileKey, type Mapping, noteMapping, parseMaps } from '../../fs/proc/maps.js';
import type { TmpFile } from '../../fs/tmpfs/file.js';
import { createAnonFile, tmpfsPath } from '../../fs/tmpfs/tmpfs.js';
import type { ContainerMemory } from '../container-memory.js';
import { type Cred, capable } from '../cred.js';
import type { AddressSpace } from '../mm.js';
import type { Pid } from '../pid-namespace.js';
import type { Task } from '../task.js';
import type { IpcNamespace } from './namespace.js';
import { IpcObject } from './util.js';

/** Where shmget's flags have the size of huge pages, as a power of two; 2 MiB and 1 GiB exist on x86-64. */
const SHM_HUGE_SHIFT = 26;
const HUGE_SIZES: readonly number[] = [0, 21, 30];

function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE);
}

export class ShmSegment extends IpcObject {
  atime = 0;
  dtime = 0;
  ctime: number;
  last: Pid | undefined;
  /** Address spaces that may have it mapped. */
  private readonly spaces = new Set<AddressSpace>();
  /** shmat(2) calls on their way. */
  private attaching = 0;
  private file: TmpFile | undefined;
  /** The memfd as lists of mappings show it; '' before the first attachment. */
  private hostKey = '';

  constructor(
    private readonly ns: IpcNamespace,
    key: number,
    mode: number,
    cred: Cred,
    readonly size: number,
    readonly creator: Pid,
    private readonly memory: ContainerMemory,
  ) {
    super(key, mode, cred);
    this.ctime = ns.seconds();
  }

  /**
   * newseg.
   * @param size bytes, any unsigned 64-bit number
   * @returns the identifier, -EINVAL, -ENOSPC, -ENOMEM, -EPERM
   */
  static create(ns: IpcNamespace, task: Task, key: number, size: bigint, flags: number): number {
    if (size < SHMMIN || size > ns.shmMax) return -EINVAL;
    const pages = (size + BigInt(PAGE_SIZE - 1)) / BigInt(PAGE_SIZE);
    if (BigInt(ns.shmPages) + pages > ns.shmAll) return -ENOSPC;
    if ((flags & SHM_HUGETLB) !== 0) {
      if (!HUGE_SIZES.includes(flags >>> SHM_HUGE_SHIFT)) return -EINVAL;
      // There are none in the pool, as nr_hugepages says.
      return capable(task.cred, CAP_IPC_LOCK) ? -ENOMEM : -EPERM;
    }
    // Segments outlive their makers: together they may not promise more than there is.
    if (ns.shmPages + Number(pages) > Math.floor(totalmem() / PAGE_SIZE)) return -ENOMEM;
    const segment = new ShmSegment(
      ns,
      key,
      flags & 0o777,
      task.cred,
      Number(size),
      task.group.ref,
      task.container.memory,
    );
    const id = ns.shm.add(segment, ns.settings.shmMni);
    if (id >= 0) ns.shmPages += Number(pages);
    return id;
  }

  // --- attaching --------------------------------------------------------------------------------------------------------

  /**
   * A host descriptor of the bytes for a mapping, which is under way until `attachEnded`.
   * @param writable false: the descriptor cannot be written through
   * @returns descriptor, or -ENOMEM when the host has none left
   */
  beginAttach(task: Task, writable: boolean): number {
    const { native } = task.kernel;
    this.file ??= this.makeFile();
    const fd = this.file === undefined ? -ENOMEM : this.file.mapFd(writable, writable);
    if (this.file === undefined || fd < 0) return -ENOMEM;
    if (this.hostKey === '') {
      this.hostKey = hostFileKey(native, fd);
      const name = `/SYSV${(this.key >>> 0).toString(16).padStart(8, '0')} (deleted)`;
      noteMapping(task.kernel, fd, tmpfsPath(this.file, name));
    }
    // At once: should the caller die now, whoever shares its memory has the mapping.
    this.spaces.add(task.vm);
    task.vm.segments.add(this);
    this.attaching++;
    return fd;
  }

  private makeFile(): TmpFile | undefined {
    const file = createAnonFile(this.ns.kernel.native, 'SYSV', this.uid, this.gid, this.memory);
    if (typeof file === 'number') return undefined;
    file.attr.ino = this.id;
    file.hold();
    // At the host before it has a size: no page of it is used yet.
    if (file.mapFd(true, true) >= 0 && file.setattr({ size: this.size }) === 0) return file;
    file.drop();
    return undefined;
  }

  /** The mapping was made, or not. */
  attachEnded(pid: Pid, made: boolean): void {
    this.attaching--;
    if (made) this.opened(pid);
    this.destroyIfUnused();
  }

  /** shm_open. */
  private opened(pid: Pid): void {
    this.atime = this.ns.seconds();
    this.last = pid;
  }

  /** shm_close, of one or several mappings. */
  closed(pid: Pid): void {
    this.dtime = this.ns.seconds();
    this.last = pid;
    this.destroyIfUnused();
  }

  /** A copy of `from` was made by fork(2). */
  copied(to: AddressSpace, pid: Pid): void {
    this.spaces.add(to);
    to.segments.add(this);
    this.opened(pid);
  }

  /** Nobody is in `space` any more; whether it was the last that had the segment mapped is for the next sweep to see. */
  spaceGone(space: AddressSpace, pid: Pid): void {
    this.spaces.delete(space);
    this.dtime = this.ns.seconds();
    this.last = pid;
    if (this.spaces.size === 0) this.destroyIfUnused();
  }

  /** What its mappings show as their file; '' before the first. */
  get mappedAs(): string {
    return this.hostKey;
  }

  /** Mappings of it in all address spaces. */
  attachments(lists = new MappedFiles()): number {
    let n = this.attaching;
    for (const space of this.spaces) n += lists.count(space, this.hostKey);
    return n;
  }

  private isAttached(lists: MappedFiles): boolean {
    if (this.attaching > 0) return true;
    for (const space of this.spaces) {
      if (space.copying > 0 || lists.count(space, this.hostKey) > 0) return true;
    }
    return false;
  }

  // --- the end ----------------------------------------------------------------------------------------------------------

  /** IPC_RMID: gone with the last attachment; from now on no key finds it. */
  remove(): void {
    this.mode |= SHM_DEST;
    this.ns.shm.hideKey(this);
    this.destroyIfUnused();
  }

  /** Frees a segment that was removed and that nobody has mapped. */
  destroyIfUnused(lists = new MappedFiles()): void {
    if ((this.mode & SHM_DEST) === 0 || this.deleted || this.isAttached(lists)) return;
    this.ns.shm.remove(this);
    this.ns.shmPages -= pagesOf(this.size);
    for (const space of this.spaces) space.segments.delete(this);
    this.spaces.clear();
    // Host descriptors that guests were given may hold the file, but they need not hold its memory.
    this.file?.setattr({ size: 0 });
    this.file?.drop();
    this.file = undefined;
    this.hostKey = '';
  }

  /** SHM_LOCK and SHM_UNLOCK. @returns 0, -EPERM, -ENOMEM */
  lock(task: Task, cmd: number): number {
    if (!capable(task.cred, CAP_IPC_LOCK)) {
      const { euid } = task.cred;
      if (euid !== this.uid && euid !== this.cuid) return -EPERM;
      const limit = task.group.limit(RLIMIT_MEMLOCK);
      if (cmd === SHM_LOCK && limit === 0) return -EPERM;
      if (cmd === SHM_LOCK && pagesOf(this.size) * PAGE_SIZE > limit) return -ENOMEM;
    }
    if (cmd === SHM_LOCK) this.mode |= SHM_LOCKED;
    else this.mode &= ~SHM_LOCKED;
    return 0;
  }

  /** Pages in memory. */
  get residentPages(): number {
    return this.file === undefined ? 0 : Math.ceil((this.file.getattr().blocks * 512) / PAGE_SIZE);
  }

  /** Still found by its key. */
  get hasKey(): boolean {
    return this.key !== IPC_PRIVATE;
  }
}

/** The host's list of the mappings of an address space; empty when nobody is in it any more. */
export function mappingsOf(space: AddressSpace): Mapping[] {
  for (const task of space.tasks) {
    const text = task.kernel.native.hostProc(task.hostTid, 'maps');
    if (typeof text === 'string' && text !== '') return parseMaps(text);
  }
  return [];
}

/** True if a segment that IPC_RMID was done on is mapped at `addr`. */
export function removedSegmentAt(task: Task, addr: number): boolean {
  const removed = [...task.vm.segments].filter((s) => (s.mode & SHM_DEST) !== 0);
  if (removed.length === 0) return false;
  const at = mappingsOf(task.vm).find((m) => m.start <= addr && addr < m.end);
  return at !== undefined && removed.some((s) => s.mappedAs === at.file);
}

/** How often each file is mapped in an address space: read once for all segments that are asked about at one moment. */
export class MappedFiles {
  private readonly spaces = new Map<AddressSpace, Map<string, number>>();

  count(space: AddressSpace, file: string): number {
    let files = this.spaces.get(space);
    if (files === undefined) {
      this.spaces.set(space, (files = new Map()));
      for (const m of mappingsOf(space)) files.set(m.file, (files.get(m.file) ?? 0) + 1);
    }
    return files.get(file) ?? 0;
  }
}

/** After a sweep of so many ms, which only guests with very many mappings cause, the next waits so many times as long. */
const LONG_SWEEP = 50;
const SWEEP_PAUSE = 10;

/** Frees removed segments whose last mapping went away without a call that the sentry sees. */
export function sweepSegments(ns: IpcNamespace): void {
  if (ns.shm.size === 0) return;
  const start = performance.now();
  if (start < ns.nextSweep) return;
  const lists = new MappedFiles();
  for (const s of ns.shm.all()) if ((s.mode & SHM_DEST) !== 0) s.destroyIfUnused(lists);
  const took = performance.now() - start;
  ns.nextSweep = took < LONG_SWEEP ? 0 : start + took * SWEEP_PAUSE;
}

/** fork(2) without CLONE_VM: the child has the same segments mapped. */
export function copySegments(parent: Task, child: Task): void {
  for (const segment of parent.vm.segments) segment.copied(child.vm, parent.group.ref);
}

/** The task leaves its address space: exit(2), execve(2). */
export function leaveSpace(task: Task): void {
  const { vm } = task;
  vm.tasks.delete(task);
  if (vm.tasks.size > 0) return;
  vm.onEmpty?.();
  if (vm.segments.size === 0) return;
  for (const segment of vm.segments) segment.spaceGone(vm, task.group.ref);
  vm.segments.clear();
  sweepSegments(task.container.ipc);
}
