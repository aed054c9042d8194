/** IPC objects that a container, or several, share (struct ipc_namespace). */

import { SHMMAX } from '../../abi/ipc.js';
import type { Kernel } from '../kernel.js';
import { IpcSettings } from '../settings.js';
import type { MsgQueue } from './msg.js';
import type { SemArray } from './sem.js';
import type { ShmSegment } from './shm.js';
import { IpcIds } from './util.js';

/** Bytes that semaphores, adjustments and messages on their way may take of the sentry's memory, over all namespaces. */
const MEMORY_MAX = 256 << 20;

/** Where the numbers of host descriptors for attachments begin: few programs get that far with their own. */
const FIRST_FD = 1000;

export class IpcNamespace {
  readonly settings = new IpcSettings();
  readonly sem = new IpcIds<SemArray>();
  readonly msg = new IpcIds<MsgQueue>();
  readonly shm = new IpcIds<ShmSegment>();
  /** kernel.shmmax and shmall: bytes of a segment, pages of all. */
  shmMax = SHMMAX;
  shmAll = SHMMAX;
  /** Pages of all segments. */
  shmPages = 0;
  /** Before this moment (performance.now) nobody looks for removed segments that are mapped nowhere. */
  nextSweep = 0;
  /** Semaphores of all arrays. */
  semaphores = 0;
  /** Messages in System V queues and their bytes. */
  messages = 0;
  messageBytes = 0;
  private readonly busyFds = new Set<number>();

  constructor(readonly kernel: Kernel) {}

  /** Counts memory of the sentry that a guest has filled. @returns false if there is no more to be had (ENOMEM) */
  charge(bytes: number): boolean {
    if (this.kernel.ipcBytes + bytes > MEMORY_MAX) return false;
    this.kernel.ipcBytes += bytes;
    return true;
  }
  uncharge(bytes: number): void {
    this.kernel.ipcBytes -= bytes;
  }

  /** A host descriptor number in guests, for an attachment on its way: no other call may use it meanwhile. */
  reserveFd(): number {
    let fd = FIRST_FD;
    while (this.busyFds.has(fd)) fd++;
    this.busyFds.add(fd);
    return fd;
  }
  freeFd(fd: number): void {
    this.busyFds.delete(fd);
  }
  isReservedFd(fd: number): boolean {
    return this.busyFds.has(fd);
  }

  /** Seconds since 1970, as the objects' times are kept. */
  seconds(): number {
    return this.kernel.realtime().sec;
  }
}
