/** /proc/pid/maps and smaps: the host's view of a guest's memory, with the guest's names of files (proc_pid_maps(5)). */

import type { Kernel } from '../../kernel/kernel.js';

/** Names kept at once; beyond it the oldest goes, and its mappings show no name. */
const MAX_NAMES = 65536;

const namesOf = new WeakMap<Kernel, Map<string, string>>();

/** Userspace's dev_t as maps prints it. */
function deviceText(dev: number): string {
  const major = (Math.floor(dev / 256) & 0xfff) | (Math.floor(dev / 2 ** 32) & ~0xfff);
  const minor = (dev & 0xff) | (Math.floor(dev / 4096) & 0xfff00);
  return `${hex2(major)}:${hex2(minor)}`;
}
const hex2 = (n: number): string => n.toString(16).padStart(2, '0');

/**
 * Records which guest path a host file backs, so that mappings of it are shown by that name.
 * @param hostDev st_dev of the host file @param hostIno its st_ino @param path guest path, or "/memfd:name (deleted)"
 */
export function noteMapping(kernel: Kernel, hostDev: number, hostIno: number, path: string): void {
  let names = namesOf.get(kernel);
  if (names === undefined) namesOf.set(kernel, (names = new Map()));
  const key = `${deviceText(hostDev)} ${hostIno}`;
  names.delete(key);
  names.set(key, path);
  if (names.size > MAX_NAMES) names.delete(names.keys().next().value as string);
}

const LINE = /^([0-9a-f]+-[0-9a-f]+ [-rwxsp]{4} [0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)(?: +(.*))?$/;
/** Column at which maps puts the name. */
const NAME_COLUMN = 73;

/**
 * The host's maps (or smaps) text as the guest may see it: mappings of the loader are left out, names of host files are
 * replaced by the guest's, and host names that the sentry does not know are blank.
 */
export function guestMaps(kernel: Kernel, text: string): string {
  const names = namesOf.get(kernel);
  const out: string[] = [];
  let dropping = false;
  for (const line of text.split('\n')) {
    const m = LINE.exec(line);
    if (m === null) {
      // A detail line of smaps belongs to the mapping above it.
      if (!dropping && line !== '') out.push(line);
      continue;
    }
    const [, head, dev, ino, hostName = ''] = m as unknown as [
      string,
      string,
      string,
      string,
      string | undefined,
    ];
    dropping = /\/loader( \(deleted\))?$/.test(hostName) && !names?.has(`${dev} ${ino}`);
    if (dropping) continue;
    const name = guestName(hostName, names?.get(`${dev} ${ino}`));
    const start = `${head} ${dev} ${ino} `;
    out.push(name === '' ? start : start.padEnd(NAME_COLUMN) + name.replaceAll('\n', '\\012'));
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

function guestName(hostName: string, known: string | undefined): string {
  if (known !== undefined) return known;
  // [heap], [stack], [vdso], [anon:...]; shared anonymous memory has a name of its own, too.
  if (hostName.startsWith('[') || hostName === '/dev/zero (deleted)') return hostName;
  return '';
}
