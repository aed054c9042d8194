/** Profiles of config.json (linux.seccomp): a program under one sees what it sees under runc, whose filter libseccomp has made. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SYS } from '../../src/arch/x86-64-syscalls.js';
import { compile } from '../support/compile.js';
import { testRoot, tvisorPath } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';
import { findTool, missing, requireTool } from '../support/tools.js';
import { skipUnlessRoot } from './namespace.js';

interface Rule {
  names: string[];
  action: string;
  errnoRet?: number;
  args?: { index: number; value: number; valueTwo?: number; op: string }[];
}
interface Profile {
  defaultAction: string;
  defaultErrnoRet?: number;
  syscalls: Rule[];
}

const OPERATORS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'];
/** Calls that have no arguments, so that the filter alone looks at them. */
const PLAIN = ['getuid', 'getgid', 'geteuid', 'getegid', 'getppid', 'sched_yield'] as const;
const VALUES = ['0', '4', '5', '6', '0x80000000', '0x100000005', '0xffffffffffffffff'];

const comparing: Profile = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [
    ...PLAIN.map((name, i) => ({
      names: [name],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 90 + i,
      args: [{ index: i, value: 5, op: `SCMP_CMP_${OPERATORS[i] as string}` }],
    })),
    {
      names: ['gettid', 'munlockall'],
      action: 'SCMP_ACT_ERRNO',
      args: [{ index: 1, value: 0x100000004, valueTwo: 0x100000000, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    {
      names: ['getpgrp'],
      action: 'SCMP_ACT_ERRNO',
      args: [
        { index: 0, value: 5, op: 'SCMP_CMP_EQ' },
        { index: 2, value: 6, op: 'SCMP_CMP_EQ' },
      ],
    },
    {
      names: ['sync'],
      action: 'SCMP_ACT_ERRNO',
      args: [
        { index: 0, value: 5, op: 'SCMP_CMP_EQ' },
        { index: 0, value: 6, op: 'SCMP_CMP_EQ' },
      ],
    },
    { names: ['munlock'], action: 'SCMP_ACT_TRAP' },
    { names: ['no_such_call', 'socketcall'], action: 'SCMP_ACT_KILL' },
    { names: ['mkdir'], action: 'SCMP_ACT_TRACE' },
    { names: ['alarm'], action: 'SCMP_ACT_LOG' },
  ],
};
const comparingCalls = [
  ...PLAIN.flatMap((name, i) =>
    VALUES.map((v) => `${[SYS[name], ...new Array<string>(i).fill('5')].join(':')}:${v}`),
  ),
  ...['gettid', 'munlockall'].flatMap((name) => VALUES.map((v) => `${SYS[name as 'gettid']}:0:${v}`)),
  ...['0:0:0', '5:0:0', '5:0:6', '6:0:6', '0:0:6'].map((args) => `${SYS.getpgrp}:${args}`),
  ...['4', '5', '6', '7'].map((v) => `${SYS.sync}:${v}`),
  ...[SYS.munlock, SYS.mkdir, SYS.alarm, 5000].map(String),
];

/** Neither a program's start nor runc's own work under the profile has a use for these. */
const DENIED = [
  ...[
    'mkdir',
    'rmdir',
    'link',
    'symlink',
    'chmod',
    'truncate',
    'getitimer',
    'alarm',
    'sync',
    'acct',
    'reboot',
    'swapon',
  ],
  ...[
    'mlockall',
    'munlockall',
    'mincore',
    'msgget',
    'semget',
    'shmget',
    'shmat',
    'fork',
    'vfork',
    'personality',
    'mknod',
  ],
  ...[
    'sched_getparam',
    'init_module',
    'iopl',
    'quotactl',
    'bpf',
    'userfaultfd',
    'getcpu',
    'time',
    'io_setup',
    'timer_create',
  ],
] as const;
/** Calls with larger numbers the profile does not speak of. */
const LAST_KNOWN = SYS.faccessat2;
const few = (defaultAction: string, defaultErrnoRet?: number): Profile => ({
  defaultAction,
  ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
  syscalls: [
    {
      names: Object.entries(SYS)
        .filter(([name, nr]) => nr <= LAST_KNOWN && !(DENIED as readonly string[]).includes(name))
        .map(([name]) => name),
      action: 'SCMP_ACT_ALLOW',
    },
  ],
});
/** With arguments that no call has a use for. */
const others = [...DENIED.map((name) => SYS[name]), ...[440, 441, 450, 460, 5000]].map(
  (nr) => `${nr}:-1:-1:-1:-1:-1:-1`,
);

const cases: [string, Profile, string[]][] = [
  ['arguments, actions and names', comparing, comparingCalls],
  [
    'what a profile does not allow, and what it does not know',
    few('SCMP_ACT_ERRNO'),
    [...others, '469', '470', '5000'],
  ],
  ['an error of its own for all others', few('SCMP_ACT_ERRNO', 95), others],
  ['no such call', few('SCMP_ACT_ERRNO', 38), others],
  ['the end of the process', few('SCMP_ACT_KILL_PROCESS'), [`${SYS.getpid}`, `${SYS.mkdir}`]],
  ['the end of the thread', few('SCMP_ACT_KILL'), [`${SYS.getpid}`, `${SYS.munlockall}`]],
  ['the signal by default', few('SCMP_ACT_TRAP'), [`${SYS.getpid}`, `${SYS.munlockall}`, `${SYS.mkdir}`]],
];

function inContainer(
  runtime: string,
  directory: string,
  program: string,
  profile: Profile,
  calls: string[],
): object {
  const bundle = join(directory, 'bundle');
  if (!existsSync(bundle)) {
    mkdirSync(join(bundle, 'rootfs', 'proc'), { recursive: true });
    copyFileSync(program, join(bundle, 'rootfs', 'calls'));
  }
  const config = {
    ociVersion: '1.0.2',
    process: {
      args: ['/calls', ...calls],
      cwd: '/',
      env: [],
      user: { uid: 0, gid: 0 },
      noNewPrivileges: false,
    },
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      seccomp: { ...profile, architectures: ['SCMP_ARCH_X86_64'] },
    },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const id = `seccomp-${process.pid}`;
  const { status, stdout, stderr } = spawnSync(
    runtime,
    ['--root', join(directory, 'state'), 'run', '--bundle', bundle, id],
    {
      encoding: 'latin1',
      timeout: 30_000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return { status, stdout: stdout.split('\n'), stderr };
}

async function needed(t: TestContext): Promise<[runc: string, tvisor: string, program: string] | undefined> {
  const [runc, tvisor] = [findTool('runc'), tvisorPath()];
  assert.ok(tvisor, 'tvisor is not built');
  if (!requireTool(t, 'gcc')) return undefined;
  if (runc === undefined) {
    missing(t, 'needs runc');
    return undefined;
  }
  const program = await compile(join(testRoot, 'runtime', 'guests', 'calls.c'), { flags: ['-static'] });
  return [runc, tvisor, program];
}

test('a profile decides as under runc', { skip: skipUnlessRoot, timeout: 300_000 }, async (t) => {
  const found = await needed(t);
  if (found === undefined) return;
  const [runc, tvisor, program] = found;
  await withScratch('seccomp', async (directory) => {
    for (const [what, profile, calls] of cases) {
      await t.test(what, () => {
        const [theirs, ours] = [runc, tvisor].map((runtime, i) => {
          const own = join(directory, String(i));
          mkdirSync(own, { recursive: true });
          return inContainer(runtime, own, program, profile, calls);
        });
        assert.deepEqual(ours, theirs);
      });
    }
  });
});

test('the profile that podman brings lets a program of every day run', {
  skip: skipUnlessRoot,
}, async (t) => {
  const path = '/usr/share/containers/seccomp.json';
  const found = await needed(t);
  if (found === undefined || !existsSync(path)) return;
  const [, tvisor, program] = found;
  const profile = JSON.parse(readFileSync(path, 'utf8')) as Omit<Profile, 'syscalls'> & {
    syscalls: (Rule & { includes: { caps?: string[]; arches?: string[] } })[];
  };
  const syscalls = profile.syscalls
    .filter(({ includes }) => includes.caps === undefined && includes.arches?.includes('amd64') !== false)
    .map(({ names, action, errnoRet, args }) => ({
      names,
      action,
      ...(errnoRet === undefined ? {} : { errnoRet }),
      args: args ?? [],
    }));
  await withScratch('seccomp', async (directory) => {
    const { defaultAction, defaultErrnoRet } = profile;
    const whole = { defaultAction, ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }), syscalls };
    const calls = [SYS.getpid, SYS.kexec_load, SYS.bpf].map(String);
    const { status, stdout } = inContainer(tvisor, directory, program, whole, calls) as {
      status: number;
      stdout: string[];
    };
    assert.equal(status, 0);
    assert.deepEqual(stdout, ['39: made', '246: EPERM', '321: EPERM', 'mode 2, no_new_privs 0', '']);
  });
});
