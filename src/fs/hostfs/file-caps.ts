/**
 * security.capability of host files (struct vfs_cap_data and vfs_ns_cap_data of linux/capability.h): what a guest of a user
 * namespace sets counts on the host for that namespace's root only.
 */

import { EINVAL, EPERM } from '../../abi/errno.js';

const REVISION_MASK = 0xff000000;
const REVISION_2 = 0x02000000;
const REVISION_3 = 0x03000000;
const SIZE_2 = 20;
const SIZE_3 = 24;

function view(value: Uint8Array): DataView {
  return new DataView(value.buffer, value.byteOffset, value.byteLength);
}

/** @param root the host's id for root inside, -1 if there is none; 0: no namespace @returns what the host is to keep, or -errno */
export function capsOutward(value: Uint8Array, root: number): Uint8Array | number {
  if (value.length !== SIZE_2) return root === 0 ? value : -EINVAL;
  const magic = view(value).getUint32(0, true);
  if ((magic & REVISION_MASK) >>> 0 !== REVISION_2) return -EINVAL;
  if (root === 0) return value;
  if (root < 0) return -EPERM;
  const out = new Uint8Array(SIZE_3);
  out.set(value);
  const dv = view(out);
  dv.setUint32(0, ((magic & ~REVISION_MASK) | REVISION_3) >>> 0, true);
  dv.setUint32(SIZE_2, root, true);
  return out;
}

/** What a guest is shown of that. */
export function capsInward(value: Uint8Array, root: number): Uint8Array {
  if (root <= 0 || value.length !== SIZE_3 || view(value).getUint32(SIZE_2, true) !== root) return value;
  const out = value.slice(0, SIZE_2);
  const magic = view(out).getUint32(0, true);
  view(out).setUint32(0, ((magic & ~REVISION_MASK) | REVISION_2) >>> 0, true);
  return out;
}
