/** Profiles of config.json: what they allow, as programs on a plain machine. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SYS, type SyscallName } from '../../../src/arch/x86-64-syscalls.js';
import { checkProgram } from '../../../src/kernel/seccomp/bpf.js';
import { seccompProgram } from '../../../src/oci/seccomp.js';
import type { OciSeccomp } from '../../../src/oci/types.js';
import { decode, interpret } from '../seccomp/machine.js';

const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
const [EPERM, ENOSYS] = [1, 38];

type Ask = (name: SyscallName | number, ...args: bigint[]) => number;

function compile(profile: OciSeccomp): Ask {
  const made = seccompProgram(profile);
  assert.ok(typeof made !== 'string', String(made));
  assert.ok(typeof checkProgram(made.program) !== 'number', 'the kernel takes it');
  const program = decode(made.program);
  return (name, ...args) => {
    const data = [typeof name === 'number' ? name : SYS[name], 0xc000003e, 0, 0];
    for (let i = 0; i < 6; i++) {
      const value = BigInt.asUintN(64, args[i] ?? 0n);
      data.push(Number(value & 0xffffffffn), Number(value >> 32n));
    }
    return interpret(program, data);
  };
}

const rule = (action: string, names: string[], more: object = {}): never =>
  ({ action, names, ...more }) as never;

describe('actions', () => {
  test('of calls and of all others', () => {
    const ask = compile({
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [
        rule('SCMP_ACT_ERRNO', ['getcwd', 'mkdir']),
        rule('SCMP_ACT_ERRNO', ['chmod'], { errnoRet: 30 }),
        rule('SCMP_ACT_KILL', ['fchmod']),
        rule('SCMP_ACT_KILL_THREAD', ['fchmodat']),
        rule('SCMP_ACT_KILL_PROCESS', ['chown']),
        rule('SCMP_ACT_TRAP', ['lchown']),
        rule('SCMP_ACT_TRACE', ['fchown'], { errnoRet: 5 }),
        rule('SCMP_ACT_LOG', ['fchownat']),
      ],
    });
    assert.equal(ask('getcwd'), ERRNO | EPERM);
    assert.equal(ask('mkdir'), ERRNO | EPERM);
    assert.equal(ask('chmod'), ERRNO | 30);
    assert.equal(ask('fchmod'), 0);
    assert.equal(ask('fchmodat'), 0);
    assert.equal(ask('chown'), 0x80000000);
    assert.equal(ask('lchown'), 0x00030000);
    assert.equal(ask('fchown'), 0x7ff00005);
    assert.equal(ask('fchownat'), 0x7ffc0000);
    for (const nr of [0, 1, 82, 84, 400, 460, 5000]) assert.equal(ask(nr), ALLOW);
  });

  test('what a refusing profile does not know of is not there', () => {
    const ask = compile({
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [rule('SCMP_ACT_ALLOW', ['read', 'openat2'])],
    });
    assert.equal(ask('read'), ALLOW);
    assert.equal(ask('write'), ERRNO | EPERM);
    assert.equal(ask('openat2'), ALLOW);
    assert.equal(ask('faccessat2'), ERRNO | ENOSYS);
    assert.equal(ask(100_000), ERRNO | ENOSYS);
  });

  test('of the default with an error of its own, and without any rule', () => {
    const ask = compile({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 95 });
    assert.equal(ask('read'), ERRNO | 95);
    assert.equal(compile({ defaultAction: 'SCMP_ACT_KILL_PROCESS' })('read'), 0x80000000);
  });

  test('unknown names are ignored', () => {
    const names = ['no_such_call', 'socketcall', 'constructor', '__proto__', 'mmap2', 'mkdir'];
    const ask = compile({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule('SCMP_ACT_ERRNO', names)] });
    for (const name of Object.keys(SYS) as SyscallName[])
      assert.equal(ask(name), name === 'mkdir' ? ERRNO | EPERM : ALLOW);
  });

  test('what needs a listener is refused by name', () => {
    const notify = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [rule('SCMP_ACT_NOTIFY', ['mkdir'])],
    } as OciSeccomp;
    assert.match(String(seccompProgram(notify)), /^linux\.seccomp\.syscalls\[0\]\.action: SCMP_ACT_NOTIFY /);
    const path = { defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/run/agent' } as OciSeccomp;
    assert.match(String(seccompProgram(path)), /^linux\.seccomp\.listenerPath /);
  });

  test('the flag that logs is told, others are accepted', () => {
    const flags = ['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_LOG'] as never;
    const made = seccompProgram({ defaultAction: 'SCMP_ACT_ALLOW', flags });
    assert.ok(typeof made !== 'string' && made.log);
  });
});

describe('arguments', () => {
  const compare: Record<string, (a: bigint, b: bigint) => boolean> = {
    SCMP_CMP_EQ: (a, b) => a === b,
    SCMP_CMP_NE: (a, b) => a !== b,
    SCMP_CMP_LT: (a, b) => a < b,
    SCMP_CMP_LE: (a, b) => a <= b,
    SCMP_CMP_GT: (a, b) => a > b,
    SCMP_CMP_GE: (a, b) => a >= b,
  };
  const values = [
    0n,
    1n,
    5n,
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    2n ** 32n,
    2n ** 32n + 5n,
    2n ** 63n,
    2n ** 64n - 1n,
  ];

  for (const [op, holds] of Object.entries(compare)) {
    test(op, () => {
      for (const value of values) {
        const args = [{ index: 2, value: String(value), op }];
        const ask = compile({
          defaultAction: 'SCMP_ACT_ERRNO',
          syscalls: [rule('SCMP_ACT_ALLOW', ['ioctl'], { args })],
        });
        for (const given of values) {
          assert.equal(
            ask('ioctl', 7n, 7n, given),
            holds(given, value) ? ALLOW : ERRNO | EPERM,
            `${given} ${op} ${value}`,
          );
        }
      }
    });
  }

  test('SCMP_CMP_MASKED_EQ', () => {
    const args = [{ index: 0, value: 0x1_7e02_0000, valueTwo: 0x1_0000_0000, op: 'SCMP_CMP_MASKED_EQ' }];
    const ask = compile({
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [rule('SCMP_ACT_ALLOW', ['clone'], { args })],
    });
    assert.equal(ask('clone', 0x1_0000_0000n), ALLOW);
    assert.equal(ask('clone', 0x1_0001_0011n), ALLOW);
    assert.equal(ask('clone', 0x11n), ERRNO | EPERM);
    assert.equal(ask('clone', 0x1_0002_0000n), ERRNO | EPERM);
  });

  test('all tests of a rule must hold; of several of one argument one', () => {
    const both = [
      { index: 0, value: 16, op: 'SCMP_CMP_EQ' },
      { index: 2, value: 9, op: 'SCMP_CMP_EQ' },
    ];
    const either = [
      { index: 0, value: 1, op: 'SCMP_CMP_EQ' },
      { index: 0, value: 2, op: 'SCMP_CMP_EQ' },
    ];
    const ask = compile({
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [
        rule('SCMP_ACT_ERRNO', ['socket'], { args: both, errnoRet: 22 }),
        rule('SCMP_ACT_ERRNO', ['personality'], { args: either }),
      ],
    });
    assert.equal(ask('socket', 16n, 3n, 9n), ERRNO | 22);
    assert.equal(ask('socket', 16n, 3n, 8n), ALLOW);
    assert.equal(ask('socket', 2n, 3n, 9n), ALLOW);
    assert.deepEqual(
      [0n, 1n, 2n, 3n].map((n) => ask('personality', n) === ALLOW),
      [true, false, false, true],
    );
  });

  test('a rule without tests beats those with them, wherever it stands', () => {
    const args = [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }];
    const some = rule('SCMP_ACT_ERRNO', ['close'], { args });
    const all = rule('SCMP_ACT_LOG', ['close']);
    for (const syscalls of [
      [some, all],
      [all, some],
    ]) {
      assert.equal(compile({ defaultAction: 'SCMP_ACT_ALLOW', syscalls })('close', 1n), 0x7ffc0000);
    }
  });

  test('rules with many tests for every call are too many', () => {
    const args = [0, 1, 2, 3, 4, 5].map((index) => ({ index, value: 2 ** 40 + index, op: 'SCMP_CMP_EQ' }));
    const profile = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [rule('SCMP_ACT_ALLOW', Object.keys(SYS), { args })],
    };
    assert.match(
      String(seccompProgram(profile as OciSeccomp)),
      /^linux\.seccomp\.syscalls: .* more than 4096$/,
    );
  });
});

/** The profile that podman installs for its containers, as it writes it into config.json for one with its usual capabilities. */
const PODMAN = '/usr/share/containers/seccomp.json';

test("podman's default profile", { skip: existsSync(PODMAN) ? false : `no ${PODMAN}` }, () => {
  interface Conditions {
    caps?: string[];
    arches?: string[];
  }
  type Rule = { includes: Conditions; excludes: Conditions };
  const profile = JSON.parse(readFileSync(PODMAN, 'utf8')) as { syscalls: Rule[] };
  const given = (c: Conditions): boolean => (c.caps ?? []).includes('CAP_SYS_CHROOT');
  const syscalls = profile.syscalls.filter(
    ({ includes, excludes }) =>
      (includes.caps === undefined || given(includes)) &&
      (includes.arches === undefined || includes.arches.includes('amd64')) &&
      !given(excludes),
  );
  const ask = compile({ ...profile, syscalls } as unknown as OciSeccomp);
  for (const name of [
    'read',
    'openat',
    'execve',
    'clone',
    'clone3',
    'mmap',
    'futex',
    'chroot',
    'arch_prctl',
    'rseq',
  ] as const) {
    assert.equal(ask(name), ALLOW, name);
  }
  for (const name of ['bpf', 'init_module', 'kexec_load', 'perf_event_open', 'iopl'] as const) {
    assert.notEqual(ask(name), ALLOW, name);
  }
  assert.equal(ask('personality', 0n), ALLOW);
  assert.equal(ask('personality', 0xffffffffn), ALLOW);
  assert.equal(ask('personality', 0x20001n), ERRNO | ENOSYS);
  assert.equal(ask('socket', 16n, 3n, 9n), ERRNO | 22);
  assert.equal(ask('socket', 2n, 1n, 0n), ALLOW);
});
