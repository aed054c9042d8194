/** What the calls of System V IPC read and write alike. */

import { IPC64_PERM_GID, IPC64_PERM_MODE, IPC64_PERM_UID } from '../src/abi/ipc.js';
import type { Task } from '../src/kernel/task.js';

/** The fields of struct ipc64_perm that IPC_SET takes. */
export interface PermChange {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Reads them from the start of a structure that begins with ipc64_perm. */
export function readPermChange(dv: DataView): PermChange {
  return {
    uid: dv.getUint32(IPC64_PERM_UID, true),
    gid: dv.getUint32(IPC64_PERM_GID, true),
    mode: dv.getUint32(IPC64_PERM_MODE, true),
  };
}

/**
 * Writes a structure to the guest.
 * @param fill gets a zeroed view of `size` bytes
 * @param result what the call returns when that went well
 * @returns `result` or -EFAULT
 */
export function putStruct(
  task: Task,
  addr: number,
  size: number,
  fill: (dv: DataView) => void,
  result: number,
): number {
  fill(task.mem.stage(size));
  const err = task.mem.post(addr, size);
  return err < 0 ? err : result;
}
