/** Options of devpts (Documentation/filesystems/devpts.rst). */

import { EINVAL } from '../../abi/errno.js';

export interface PtsOptions {
  /** Permissions of new nodes, and of ptmx. */
  mode: number;
  ptmxmode: number;
  /** Owner of new nodes; undefined: whoever makes the pair. */
  uid?: number;
  gid?: number;
  /** Pairs at once. */
  max: number;
}

/** Numbers that there are (NR_UNIX98_PTY_MAX). */
const MAX = 1 << 20;

/** As distributions mount it: group `tty` may write, and everybody may make pairs. */
export const USUAL_OPTIONS: PtsOptions = { mode: 0o620, ptmxmode: 0o666, gid: 5, max: MAX };

/** @param data `name=value,...` @returns the options, or -EINVAL */
export function parseOptions(data: string): PtsOptions | number {
  const out: PtsOptions = { mode: 0o600, ptmxmode: 0, max: MAX };
  for (const word of data.split(',')) {
    // Every mount is a new instance.
    if (word === '' || word === 'newinstance') continue;
    const [, name, value = ''] = /^(\w+)=(\d{1,10})$/.exec(word) ?? [];
    if (name === 'mode' || name === 'ptmxmode') {
      if (!/^[0-7]{1,6}$/.test(value)) return -EINVAL;
      out[name] = Number.parseInt(value, 8) & 0o7777;
    } else if (name === 'uid' || name === 'gid' || name === 'max') {
      const number = Number(value);
      if (number >= (name === 'max' ? MAX + 1 : 2 ** 32 - 1)) return -EINVAL;
      out[name] = number;
    } else return -EINVAL;
  }
  return out;
}

/** As /proc/mounts shows them. */
export function describeOptions({ mode, ptmxmode, uid, gid, max }: PtsOptions): string {
  const octal = (n: number): string => n.toString(8).padStart(3, '0');
  return [
    ...(uid === undefined ? [] : [`uid=${uid}`]),
    ...(gid === undefined ? [] : [`gid=${gid}`]),
    `mode=${octal(mode)}`,
    `ptmxmode=${octal(ptmxmode)}`,
    ...(max < MAX ? [`max=${max}`] : []),
  ].join(',');
}
