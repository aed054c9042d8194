/** A tiny tree in the shape of the Linux Test Project's, of shell scripts that end in every way a test can. */
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sleep of the test that hangs, and of the child that a test leaves, as they stand in /proc/PID/cmdline. */
export const hanging = `sleep\0${1_000_000 + process.pid}`;
export const staying = `sleep\0${2_000_000 + process.pid}`;

/** Bytes of the shared memory segment that a test leaves. */
export const segmentSize = 3_000_000 + process.pid;

const words = (cmdline: string): string => cmdline.replace('\0', ' ');

/** Entry, command, and what its program does; one without a program is in the runtest file only. */
const tests: readonly (readonly [name: string, command: string, script?: string])[] = [
  [
    'access01',
    'access01',
    'echo "access01.c:1: TPASS: a"; echo "access01.c:2: TPASS: b"; printf "\\nSummary:\\npassed   2\\nfailed   0\\n"',
  ],
  ['access02', 'access02 -i 1', 'echo "access02    1  TFAIL  :  access02.c:5: arguments: $*"; exit 1'],
  ['dup201', 'dup201', 'echo "dup201.c:1: TBROK: no device"; exit 2'],
  ['fork01', 'fork01', 'echo "fork01.c:1: TCONF: not on this machine"; exit 32'],
  ['fork02', 'fork02', 'kill -SEGV $$'],
  [
    'hang01',
    'hang01',
    `trap "" TERM INT; echo "hang01.c:1: TPASS: before"; (setsid ${words(hanging)} &); ${words(hanging)}`,
  ],
  ['stay01', 'stay01', `setsid ${words(staying)} >/dev/null 2>&1 & echo "stay01.c:1: TPASS: left a child"`],
  ['big01', 'big01', 'head -c 30000000 /dev/zero; yes "big01.c:1: TPASS: again" | head -n 20000'],
  ['shell01', 'X=2 shell01 "two words" | sed s/F/P/; exit 0', 'echo "shell01.c:$X: TFASS: $#"; exit 1'],
  [
    'place01',
    'place01',
    '[ "$TMPDIR" = "$PWD" ] && [ -w . ] && [ -d "$LTPROOT/runtest" ] && echo x > file && echo "place01.c:1: TPASS: $PWD"',
  ],
  [
    'ipc01',
    'ipc01',
    `ipcmk -M ${segmentSize} >/dev/null; echo x >/dev/shm/ltp-tree-test; echo "ipc01.c:1: TPASS: made"`,
  ],
  ['gone01', 'gone01'],
  ['stime01', 'stime01', 'echo "stime01.c:1: TPASS: set the clock"'],
];

/** Make the tree below a directory, which is there and empty. */
export function makeLtpTree(directory: string): void {
  const programs = join(directory, 'testcases', 'bin');
  mkdirSync(programs, { recursive: true });
  mkdirSync(join(directory, 'runtest'));
  writeFileSync(
    join(directory, 'runtest', 'syscalls'),
    `#DESCRIPTION: a small tree\n\n${tests.map(([name, command]) => `${name} ${command}\n`).join('')}`,
  );
  writeFileSync(join(directory, 'runtest', 'more'), 'access01 access01\nmore01 access01\n');
  for (const [name, , script] of tests) {
    if (script === undefined) continue;
    const path = join(programs, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
}

/** The beginning of a process's command line; a process may say that it has one without an end. */
function commandLine(pid: string): string {
  const fd = openSync(`/proc/${pid}/cmdline`, 'r');
  try {
    const buffer = Buffer.alloc(1024);
    return buffer.toString('latin1', 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}

/** Processes of the machine whose command line has these words. */
export function processesWith(cmdline: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && commandLine(pid).includes(cmdline);
    } catch {
      return false;
    }
  });
}
