/** What is run for an entry inside a target: a shell that prepares the test's surroundings and waits for it. */
import type { LtpTree } from './tree.js';

/** Seconds that a test of the library has by default (lib/tst_test.c). */
const LTP_SECONDS = 30;

/** Seconds of the longest tests that run for a given time: fork13, inotify06. */
const LTP_LONGEST = 600;

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Variables that say something to LTP itself and are the caller's business. */
const passed = /^(LTP_(?!TIMEOUT_MUL|RUNTIME_MUL|COLORIZE_OUTPUT)|KCONFIG_)/;

/**
 * The environment of a test. The library's own time limit is stretched beyond ours, so that ours decides, and the tests
 * that run as long as they are told are told half of it at most.
 *
 * @param timeout of ours, in milliseconds
 * @param directory the test's own, absolute
 */
export function ltpEnvironment(tree: LtpTree, timeout: number, directory: string): Record<string, string> {
  const seconds = timeout / 1000;
  const own = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => passed.test(entry[0])),
  );
  return {
    ...own,
    LTPROOT: tree.root,
    TMPDIR: directory,
    LTP_TIMEOUT_MUL: String(Math.max(1, (2 * seconds) / LTP_SECONDS)),
    LTP_RUNTIME_MUL: String(Math.min(1, seconds / (2 * LTP_LONGEST))),
    LTP_COLORIZE_OUTPUT: '0',
    HOME: directory,
    LC_ALL: 'C',
    LANG: 'C',
    TZ: 'UTC',
    TERM: 'dumb',
    PATH: [SYSTEM_PATH, ...tree.programs].join(':'),
  };
}

/**
 * Runs the entry as a child, since the first process of a sandbox is deaf to some signals, in the test's directory.
 * Where no kernel configuration is to be seen, the library is told not to look for one: a sandbox's kernel is none that
 * was configured, and the test finds out itself what is there.
 */
const script = `[ -e /proc/config.gz ] || [ -e "/boot/config-$(uname -r)" ] || [ -n "$KCONFIG_PATH" ] || export KCONFIG_SKIP_CHECK=1
cd "$TMPDIR" || exit 2
umask 022
sh -c "$1"
exit $?`;

/**
 * The words of a command that runs an entry's, wherever it is run.
 *
 * @param command as it stands in the runtest file
 * @param environment set inside too, for targets that pass none on
 */
export function ltpCommand(command: string, environment: Readonly<Record<string, string>>): string[] {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  return ['/bin/sh', '-c', `${exports.join('')}${script}`, 'ltp', command];
}
