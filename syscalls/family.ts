/** How a family file describes its calls. */

import type { SyscallName } from '../src/arch/x86-64-syscalls.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';

/** The six argument registers of the call being answered. Valid only until the handler returns: what waits must decode first. */
export interface SyscallArgs {
  /** C int. */
  int(i: number): number;
  /** Unsigned 32-bit. */
  uint(i: number): number;
  /** Signed 64-bit as a double (offsets, lengths; exact up to 2^53). */
  long(i: number): number;
  /** An address. */
  ptr(i: number): number;
  /** All 64 bits. */
  big(i: number): bigint;
}

/** Answers one call: a number >= 0, -errno, or a Block that waits. */
export type Handler = (task: Task, args: SyscallArgs) => SyscallResult;

/**
 * Words for --strace, one an argument: int uint hex ptr size off fd dirfd path str mode open-flags signal
 * clone-flags prot map-flags at-flags buf (bytes in, length is the next argument) struct.
 */
export type ArgKind =
  | 'int'
  | 'uint'
  | 'hex'
  | 'ptr'
  | 'size'
  | 'off'
  | 'fd'
  | 'dirfd'
  | 'path'
  | 'str'
  | 'mode'
  | 'open-flags'
  | 'signal'
  | 'clone-flags'
  | 'prot'
  | 'map-flags'
  | 'at-flags'
  | 'buf'
  | 'struct';

export interface FamilyEntry {
  handler: Handler;
  args: readonly ArgKind[];
  /** full: as Linux; partial: the note says what is missing. */
  status: 'full' | 'partial';
  note?: string;
}

export type Family = Partial<Record<SyscallName, FamilyEntry>>;
