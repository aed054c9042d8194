/** Mounts as a program without rights over them sees them, and file handles (fs/namespace.c, fs/fhandle.c). */

import { EOPNOTSUPP, EPERM } from '../src/abi/errno.js';
import type { Family } from './family.js';

/**
 * Every mount of the sandbox belongs to its operator. Linux gives the same answer, before it looks at any argument, to a
 * caller without CAP_SYS_ADMIN in the mount namespace's owner.
 */
const notPermitted = (): number => -EPERM;

export const mountFamily: Family = {
  mount: {
    handler: notPermitted,
    args: ['ptr', 'ptr', 'ptr', 'hex', 'ptr'],
    status: 'partial',
    note: 'always EPERM',
  },
  umount2: { handler: notPermitted, args: ['path', 'hex'], status: 'partial', note: 'always EPERM' },
  pivot_root: { handler: notPermitted, args: ['path', 'path'], status: 'partial', note: 'always EPERM' },
  name_to_handle_at: {
    handler: () => -EOPNOTSUPP,
    args: ['dirfd', 'path', 'ptr', 'ptr', 'at-flags'],
    status: 'partial',
    note: 'no file system here exports handles: EOPNOTSUPP',
  },
  open_by_handle_at: {
    handler: notPermitted,
    args: ['fd', 'ptr', 'open-flags'],
    status: 'partial',
    note: 'always EPERM',
  },
};
