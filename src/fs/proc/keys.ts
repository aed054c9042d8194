/** /proc/keys and /proc/key-users (security/keys/proc.c). */

import { KEY_NEED_VIEW } from '../../abi/keys.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Key } from '../../kernel/keys/key.js';
import { permits, possessions } from '../../kernel/keys/rings.js';
import type { Task } from '../../kernel/task.js';

const UNITS: readonly (readonly [number, string])[] = [
  [60, 's'],
  [3600, 'm'],
  [86_400, 'h'],
  [604_800, 'd'],
];

/** How long a key has to live: in the largest unit of which there is a whole one. */
function timeLeft(key: Key, now: number): string {
  if (key.expiry === undefined) return 'perm';
  const seconds = Math.floor((key.expiry - now) / 1000);
  if (seconds <= 0) return 'expd';
  let size = 1;
  for (const [limit, unit] of UNITS) {
    if (seconds < limit) return `${Math.floor(seconds / size)}${unit}`;
    size = limit;
  }
  return `${Math.floor(seconds / size)}w`;
}

function flags(key: Key): string {
  return [
    key.rejected === 0 ? 'I' : '-',
    key.revoked ? 'R' : '-',
    '-',
    'Q',
    '-',
    key.rejected === 0 ? '-' : 'N',
    key.invalidated ? 'i' : '-',
  ].join('');
}

function contents(key: Key): string {
  if (!key.isRing) return `: ${key.payload.length}`;
  return key.links.size === 0 ? ': empty' : `: ${key.links.size}`;
}

/** The keys that the reader may view. */
export function keysText(kernel: Kernel, reader: Task): string {
  const now = kernel.now();
  const lines: string[] = [];
  const possessed = possessions(reader);
  const keys = [...kernel.keys.keys.values()].sort((a, b) => a.serial - b.serial);
  for (const key of keys) {
    if (!permits(reader, { key, possessed: possessed.has(key) }, KEY_NEED_VIEW)) continue;
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
    const numbers = `${String(key.refs).padStart(5)} ${timeLeft(key, now).padStart(4)} ${hex(key.perm)}`;
    const owner = `${String(key.uid).padStart(5)} ${String(key.gid).padStart(5)}`;
    const type = key.type.name.slice(0, 9).padEnd(9);
    lines.push(
      `${hex(key.serial)} ${flags(key)} ${numbers} ${owner} ${type} ${key.description}${contents(key)}\n`,
    );
  }
  return lines.join('');
}

/** What each user has, and may have. */
export function keyUsersText(kernel: Kernel): string {
  const store = kernel.keys;
  return [...store.usage]
    .sort(([a], [b]) => a - b)
    .map(([uid, { keys, bytes }]) => {
      const quota = store.quota(uid);
      const count = `${String(keys).padStart(5)} ${keys}/${keys} ${keys}/${quota.keys}`;
      return `${String(uid).padStart(5)}: ${count} ${bytes}/${quota.bytes}\n`;
    })
    .join('');
}
