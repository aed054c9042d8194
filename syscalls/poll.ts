/** poll(2), ppoll(2), select(2), pselect6(2) (fs/select.c). */

import { EBADF, EFAULT, EINVAL, ERESTARTNOHAND } from '../src/abi/errno.js';
import { STICKY_TIMEOUTS } from '../src/abi/personality.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../src/abi/poll.js';
import { RLIMIT_NOFILE } from '../src/abi/sched.js';
import {
  POLLFD_EVENTS,
  POLLFD_REVENTS,
  POLLFD_SIZE,
  TIMESPEC_SIZE,
  TIMEVAL_SIZE,
} from '../src/abi/structs-ipc.js';
import { putTimespec, putTimeval } from '../src/abi/structs-process.js';
import { finishWith } from '../src/fs/waiting.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, type WaitQueue, WOULD_BLOCK } from '../src/kernel/wait.js';
import { NR_OPEN, putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { readSigset, readTimeout } from './poll-args.js';

interface PollWait {
  /** ms, undefined: for ever. */
  timeout: number | undefined;
  sigmask: bigint | undefined;
}

/**
 * Scans until something is ready or the time is over.
 * @param files the open files that are waited for
 * @param scan looks at all of them: how many are ready
 * @param store puts results into the guest, given the count: the call's result
 */
function waitForAny(
  task: Task,
  files: readonly OpenFile[],
  { timeout, sigmask }: PollWait,
  scan: () => number,
  store: (count: number) => number,
): SyscallResult {
  const first = scan();
  if (first !== 0 || (timeout === 0 && sigmask === undefined)) return store(first);
  const queues = new Set<WaitQueue>();
  for (const f of files) {
    queues.add(f.queue);
    f.refs++;
  }
  return {
    on: [...queues],
    retry() {
      const n = scan();
      return n === 0 ? WOULD_BLOCK : store(n);
    },
    ...(timeout === undefined ? {} : { deadline: task.kernel.now() + timeout }),
    timeout: () => store(0),
    interrupted: -ERESTARTNOHAND,
    ...(sigmask === undefined ? {} : { sigmask }),
    done() {
      for (const f of files) putFile(f);
    },
  };
}

/** poll proper. */
function doPoll(task: Task, addr: number, count: number, wait: PollWait): SyscallResult {
  if (count > Math.min(task.group.limit(RLIMIT_NOFILE), NR_OPEN)) return -EINVAL;
  const bytes = new Uint8Array(count * POLLFD_SIZE);
  if (count > 0 && task.mem.read(addr, bytes, 0, bytes.length) !== bytes.length) return -EFAULT;
  const dv = new DataView(bytes.buffer);
  const open: OpenFile[] = [];
  for (let i = 0; i < count; i++) {
    const fd = dv.getInt32(i * POLLFD_SIZE, true);
    const file = fd < 0 ? undefined : fileOf(task, fd);
    if (file !== undefined) open.push(file);
  }
  // Descriptors are looked up at each scan: what was closed meanwhile is POLLNVAL once something wakes the call.
  const scan = (): number => {
    let ready = 0;
    for (let i = 0; i < count; i++) {
      const off = i * POLLFD_SIZE;
      const fd = dv.getInt32(off, true);
      const file = fd < 0 ? undefined : fileOf(task, fd);
      let mask = 0;
      if (file !== undefined)
        mask = file.poll(task) & (dv.getUint16(off + POLLFD_EVENTS, true) | POLLERR | POLLHUP);
      else if (fd >= 0) mask = POLLNVAL;
      dv.setUint16(off + POLLFD_REVENTS, mask, true);
      if (mask !== 0) ready++;
    }
    return ready;
  };
  const store = (n: number): number => {
    if (count > 0 && task.mem.write(addr, bytes, 0, bytes.length) !== bytes.length) return -EFAULT;
    return n;
  };
  return waitForAny(task, open, wait, scan, store);
}

function sysPoll(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = args.int(2);
  return doPoll(task, args.ptr(0), args.uint(1), {
    timeout: timeout < 0 ? undefined : timeout,
    sigmask: undefined,
  });
}

/** Writes what is left of `timeout` back to `addr` when the call ends. A zero timeout stays as it is. */
function writeBack(
  task: Task,
  result: SyscallResult,
  addr: number,
  timeout: number | undefined,
  size: number,
  put: (dv: DataView, off: number, ms: number) => void,
): SyscallResult {
  if (addr === 0 || timeout === undefined || timeout === 0) return result;
  if ((task.personality & STICKY_TIMEOUTS) !== 0) return result;
  const end = task.kernel.now() + timeout;
  return finishWith(result, (n) => {
    put(task.mem.stage(size), 0, Math.max(0, end - task.kernel.now()));
    // A place that cannot be written changes nothing (poll_select_finish).
    task.mem.post(addr, size);
    return n;
  });
}

function sysPpoll(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readTimeout(task, args.ptr(2));
  if (timeout !== undefined && timeout < 0) return timeout;
  const sigmask = readSigset(task, args.ptr(3), args.long(4));
  if (typeof sigmask === 'number') return sigmask;
  const r = doPoll(task, args.ptr(0), args.uint(1), { timeout, sigmask });
  return writeBack(task, r, args.ptr(2), timeout, TIMESPEC_SIZE, putTimespec);
}

/** What counts as ready for each of the three sets. */
const SELECT_MASKS = [
  POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR | POLLNVAL,
  POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR | POLLNVAL,
  POLLPRI | POLLNVAL,
] as const;

interface Watched {
  readonly fd: number;
  /** undefined: a mere place (O_PATH). */
  readonly file: OpenFile | undefined;
  /** Sets (bit 0..2) that it is in. */
  readonly sets: number;
}

/** The descriptors in any of the sets, or -EBADF if one is not open. */
function selected(task: Task, sets: readonly (Uint8Array | undefined)[], n: number): Watched[] | number {
  const out: Watched[] = [];
  for (let byte = 0; byte * 8 < n; byte++) {
    const any = (sets[0]?.[byte] ?? 0) | (sets[1]?.[byte] ?? 0) | (sets[2]?.[byte] ?? 0);
    for (let bit = 0; any >> bit !== 0; bit++) {
      const fd = byte * 8 + bit;
      if (((any >> bit) & 1) === 0 || fd >= n) continue;
      if (task.files.get(fd) === undefined) return -EBADF;
      const file = fileOf(task, fd);
      let members = 0;
      for (let s = 0; s < 3; s++) if ((((sets[s]?.[byte] ?? 0) >> bit) & 1) !== 0) members |= 1 << s;
      out.push({ fd, file, sets: members });
    }
  }
  return out;
}

/** select proper. */
function doSelect(task: Task, args: SyscallArgs, wait: PollWait): SyscallResult {
  const asked = args.int(0);
  if (asked < 0) return -EINVAL;
  const n = Math.min(asked, task.files.capacity);
  const size = Math.ceil(n / 64) * 8;
  const addrs = [args.ptr(1), args.ptr(2), args.ptr(3)];
  const sets: (Uint8Array | undefined)[] = [];
  for (const addr of addrs) {
    const set = addr === 0 ? undefined : new Uint8Array(size);
    if (set !== undefined && size > 0 && task.mem.read(addr, set, 0, size) !== size) return -EFAULT;
    sets.push(set);
  }
  const watched = selected(task, sets, n);
  if (typeof watched === 'number') return watched;
  const results = sets.map((s) => (s === undefined ? undefined : new Uint8Array(size)));
  const scan = (): number => {
    let ready = 0;
    for (const r of results) r?.fill(0);
    for (const { fd, sets: members } of watched) {
      const mask = fileOf(task, fd)?.poll(task) ?? POLLNVAL;
      for (let s = 0; s < 3; s++) {
        const result = results[s];
        if (result === undefined || ((members >> s) & 1) === 0 || (mask & (SELECT_MASKS[s] ?? 0)) === 0)
          continue;
        result[fd >> 3] = (result[fd >> 3] ?? 0) | (1 << (fd & 7));
        ready++;
      }
    }
    return ready;
  };
  const store = (count: number): number => {
    for (let s = 0; s < 3; s++) {
      const result = results[s];
      if (result === undefined || size === 0) continue;
      if (task.mem.write(addrs[s] ?? 0, result, 0, size) !== size) return -EFAULT;
    }
    return count;
  };
  return waitForAny(
    task,
    watched.flatMap((w) => w.file ?? []),
    wait,
    scan,
    store,
  );
}

/** struct timeval of select: unlike elsewhere, a tv_usec of a second and more is carried over. */
function selectTimeout(task: Task, addr: number): number | undefined {
  if (addr === 0) return undefined;
  const dv = task.mem.view(addr, TIMEVAL_SIZE);
  if (typeof dv === 'number') return dv;
  const sec = Number(dv.getBigInt64(0, true));
  const usec = Number(dv.getBigInt64(8, true));
  if (sec < 0 || usec < 0) return -EINVAL;
  return Math.min(sec + Math.floor(usec / 1e6), 2 ** 43) * 1000 + (usec % 1e6) / 1000;
}

function sysSelect(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = selectTimeout(task, args.ptr(4));
  if (timeout !== undefined && timeout < 0) return timeout;
  const r = doSelect(task, args, { timeout, sigmask: undefined });
  return writeBack(task, r, args.ptr(4), timeout, TIMEVAL_SIZE, putTimeval);
}

function sysPselect6(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readTimeout(task, args.ptr(4));
  if (timeout !== undefined && timeout < 0) return timeout;
  // The last argument points to { const sigset_t *mask; size_t size; }.
  let sigmask: bigint | undefined;
  if (args.ptr(5) !== 0) {
    const addr = task.mem.u64(args.ptr(5));
    const size = task.mem.u64(args.ptr(5) + 8);
    if (Number.isNaN(addr) || Number.isNaN(size)) return -EFAULT;
    const mask = readSigset(task, addr, size);
    if (typeof mask === 'number') return mask;
    sigmask = mask;
  }
  const r = doSelect(task, args, { timeout, sigmask });
  return writeBack(task, r, args.ptr(4), timeout, TIMESPEC_SIZE, putTimespec);
}

export const pollFamily: Family = {
  poll: { handler: sysPoll, args: ['struct', 'uint', 'int'], status: 'full' },
  ppoll: { handler: sysPpoll, args: ['struct', 'uint', 'struct', 'ptr', 'size'], status: 'full' },
  select: { handler: sysSelect, args: ['int', 'ptr', 'ptr', 'ptr', 'struct'], status: 'full' },
  pselect6: { handler: sysPselect6, args: ['int', 'ptr', 'ptr', 'ptr', 'struct', 'ptr'], status: 'full' },
};
