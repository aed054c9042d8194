/** Entries that change the machine whose kernel answers them, beyond what a namespace holds. */
import { matchesAny } from '../outside/select.js';

const harms: readonly (readonly [reason: string, patterns: readonly string[]])[] = [
  [
    'sets the clock',
    ['adjtimex*', 'clock_adjtime*', 'clock_settime*', 'leapsec*', 'settimeofday*', 'stime*'],
  ],
  ['swaps to a file', ['swapon*', 'swapoff*']],
  ['loads or removes kernel modules', ['delete_module*', 'init_module*', 'finit_module*', 'kexec_*']],
  ['restarts the machine or changes what its keys do', ['reboot*']],
  ["changes the kernel's log", ['syslog*']],
  ['hangs up terminals', ['vhangup*']],
  ['turns process accounting on and off', ['acct*']],
  ['takes all memory or all process numbers', ['fork13', 'fork14', 'msgstress*', 'min_free_kbytes*']],
];

/**
 * True for targets that are known to answer with a kernel of their own, where everything may be tried. Containers share
 * the host's, and of other command lines nothing is known.
 */
export function hasOwnKernel(target: string): boolean {
  return /^(podman:)?(tvisor|runsc)/.test(target);
}

/** What an entry would do to the machine if the host's kernel got it; undefined for the many that do nothing to it. */
export function harmOf(name: string): string | undefined {
  return harms.find(([, patterns]) => matchesAny(patterns, name))?.[0];
}
