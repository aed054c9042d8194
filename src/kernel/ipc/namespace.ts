/** The IPC objects of one sandbox (struct ipc_namespace). */

import type { Kernel } from '../kernel.js';
import type { MsgQueue } from './msg.js';
import type { SemArray } from './sem.js';
import { IpcIds } from './util.js';

/** Bytes that semaphores, adjustments and messages on their way may take of the sentry's memory. */
const MEMORY_MAX = 256 << 20;

export class IpcNamespace {
  readonly sem = new IpcIds<SemArray>();
  readonly msg = new IpcIds<MsgQueue>();
  /** Semaphores of all arrays. */
  semaphores = 0;
  /** Messages in System V queues and their bytes. */
  messages = 0;
  messageBytes = 0;
  private used = 0;

  constructor(readonly kernel: Kernel) {}

  /** Counts memory of the sentry that a guest has filled. @returns false if there is no more to be had (ENOMEM) */
  charge(bytes: number): boolean {
    if (this.used + bytes > MEMORY_MAX) return false;
    this.used += bytes;
    return true;
  }
  uncharge(bytes: number): void {
    this.used -= bytes;
  }

  /** Seconds since 1970, as the objects' times are kept. */
  seconds(): number {
    return this.kernel.realtime().sec;
  }
}
