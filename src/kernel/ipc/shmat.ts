/** shmat(2) and shmdt(2) (ipc/shm.c, do_shmat and ksys_shmdt): what is to be mapped, or taken away, before the host does it. */

import { EACCES, EEXIST, EINVAL, ENOMEM } from '../../abi/errno.js';
import { SHM_EXEC, SHM_RDONLY, SHM_REMAP, SHM_RND } from '../../abi/ipc.js';
import {
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_SHARED,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../abi/mman.js';
import { PAGE_SIZE, TASK_SIZE } from '../../arch/x86-64.js';
import type { Task } from '../task.js';
import { mappingsOf, type ShmSegment, sweepSegments } from './shm.js';
import { ipcAllowed } from './util.js';

const S_IRUGO = 0o444;
const S_IWUGO = 0o222;
const S_IXUGO = 0o111;

/** An attachment that is allowed: the arguments of the mmap(2) that makes it. */
export interface AttachPlan {
  readonly segment: ShmSegment;
  /** Where; 0: the host chooses. */
  readonly addr: number;
  readonly prot: number;
  readonly flags: number;
  readonly hostFd: number;
}

/**
 * Checks a shmat(2).
 * @param addr as a signed 64-bit number
 * @returns the plan, whose segment must be told by `attachEnded`; -EINVAL, -EACCES, -ENOMEM
 */
export function prepareAttach(task: Task, id: number, addr: number, flags: number): AttachPlan | number {
  const place = placeOf(addr, flags);
  if (typeof place === 'number') return place;
  let prot = PROT_READ;
  let wanted = S_IRUGO;
  if ((flags & SHM_RDONLY) === 0) {
    prot |= PROT_WRITE;
    wanted |= S_IWUGO;
  }
  if ((flags & SHM_EXEC) !== 0) {
    prot |= PROT_EXEC;
    wanted |= S_IXUGO;
  }
  const { ipc } = task.container;
  sweepSegments(ipc);
  const segment = ipc.shm.byId(id);
  if (typeof segment === 'number') return segment;
  if (!ipcAllowed(task.cred, segment, wanted)) return -EACCES;
  if (place.addr < 0) return place.addr + segment.size >= 0 ? -EINVAL : -ENOMEM;
  if (place.addr > TASK_SIZE) return -ENOMEM;
  const hostFd = segment.beginAttach(task, (prot & PROT_WRITE) !== 0);
  if (hostFd < 0) return hostFd;
  return { segment, addr: place.addr, prot, flags: place.flags, hostFd };
}

/** The address as the flags want it rounded, and mmap's flags; -EINVAL. */
function placeOf(addr: number, flags: number): { addr: number; flags: number } | number {
  const remap = (flags & SHM_REMAP) !== 0;
  if (addr === 0) return remap ? -EINVAL : { addr, flags: MAP_SHARED };
  const rest = ((addr % PAGE_SIZE) + PAGE_SIZE) % PAGE_SIZE;
  if (rest !== 0 && (flags & SHM_RND) === 0) return -EINVAL;
  const start = addr - rest;
  if (start === 0 && remap) return -EINVAL;
  return { addr: start, flags: MAP_SHARED | (remap ? MAP_FIXED : MAP_FIXED_NOREPLACE) };
}

/** What the mapping's error is called in shmat(2): an address in use is EINVAL. */
export function attachError(result: number): number {
  return result === -EEXIST ? -EINVAL : result;
}

/** One range of memory that holds nothing but an attachment. */
export interface DetachPlan {
  readonly segment: ShmSegment;
  readonly start: number;
  readonly length: number;
}

/**
 * Finds what shmdt(2) takes away next. Of an attachment that was cut up by munmap(2), mremap(2) or mprotect(2) all pieces
 * belong to it that still are where they would be; what others have mapped between them stays.
 * @param only when the first pieces are gone: the rest of this segment
 * @returns the range, -EINVAL if there is none
 */
export function prepareDetach(task: Task, addr: number, only?: ShmSegment): DetachPlan | number {
  if (addr % PAGE_SIZE !== 0) return -EINVAL;
  const mappings = mappingsOf(task.vm).filter((m) => m.end > addr);
  const segments = only === undefined ? [...task.vm.segments] : [only];
  const owners = new Map(segments.map((s) => [s.mappedAs, s]));
  const at = mappings.findIndex((m) => owners.has(m.file) && m.start - addr === m.offset);
  const first = mappings[at];
  const segment = first === undefined ? undefined : owners.get(first.file);
  if (first === undefined || segment === undefined) return -EINVAL;
  const limit = Math.ceil(segment.size / PAGE_SIZE) * PAGE_SIZE;
  if (only !== undefined && first.end - addr > limit) return -EINVAL;
  let { end } = first;
  for (const m of mappings.slice(at + 1)) {
    if (m.end - addr > limit || owners.get(m.file) !== segment || m.start - addr !== m.offset) break;
    end = m.end;
  }
  return { segment, start: first.start, length: end - first.start };
}
