/**
 * The four classes of call are real. Three views: the generated seccomp program, run on every number by a BPF machine of
 * the tests' own; a guest that makes every call; and the host kernel's record of what it executed meanwhile.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { SyscallEntry } from '../../syscalls/table.js';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { type RunResult, run, runSandbox } from '../support/run.js';
import { missing, requireTool, requireTvisor } from '../support/tools.js';
import { runFilter } from './bpf.js';
import { auditCalls } from './syscall-audit.js';
import { loadFilterRules, loadTable } from './syscall-table.js';

const LAST_NUMBER = 600;
const AUDIT_ARCH_X86_64 = 0xc000003e;
const AUDIT_ARCH_I386 = 0x40000003;
const X32_BIT = 0x40000000;
const SECCOMP_RET_ACTION = 0xffff0000;
const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_ERRNO = 0x00050000;
const SECCOMP_RET_TRACE = 0x7ff00000;
const ENOSYS = 38;
/** Of descriptor 0 it stops for the tracer: at the host that number is the loader's. */
const SYS_MMAP = 9;
/**
 * uretprobe and uprobe: the host kernel lets them past every seccomp filter, strict mode included, for only its own
 * trampolines may make them; anybody else gets SIGILL or ENXIO (arch/x86/kernel/uprobes.c, kernel/seccomp.c).
 */
const BEYOND_FILTERS = new Set([335, 336]);
/** The sixth argument of every call that enumerate.c makes. */
const MARK = 0x7e571e57n;

const guest = (name: string): Promise<string> =>
  compile(join(testRoot, 'security', 'guests', `${name}.c`), { libs: ['-lpthread'] });

async function classes(): Promise<Map<number, SyscallEntry>> {
  return new Map((await loadTable()).map((entry) => [entry.nr, entry]));
}

/** The program that guests get, from the module that generates it. */
async function filterProgram(): Promise<Uint8Array> {
  const { compileFilter } = await import('../../src/platform/filter.js');
  return compileFilter(await loadFilterRules());
}

/** Lines `ABI NUMBER OUTCOME...` of enumerate.c. */
function outcomes(result: RunResult): Map<string, string> {
  const lines = result.stdout.split('\n').filter((line) => /^(x64|x32|i386) /.test(line));
  return new Map(
    lines.map((line) => {
      const [, call = '', outcome = ''] = /^(\w+ \d+) (.*)$/.exec(line) ?? [];
      return [call, outcome];
    }),
  );
}

describe('the seccomp program', () => {
  const samples: bigint[][] = [
    [],
    [0n, 4096n, 3n, 0x22n, 0xffffffffn, 0n],
    Array.from({ length: 6 }, () => -1n),
  ];

  test('lets through only what the table calls native', async () => {
    const [program, table] = [await filterProgram(), await classes()];
    for (let nr = 0; nr <= LAST_NUMBER; nr++) {
      for (const args of samples) {
        const action = runFilter(program, { nr, arch: AUDIT_ARCH_X86_64, args }) & SECCOMP_RET_ACTION;
        const expected = table.get(nr)?.class;
        assert.equal(
          action === SECCOMP_RET_ALLOW && expected !== 'native',
          false,
          `number ${nr} is let through`,
        );
        const loader = nr === SYS_MMAP && (args[4] ?? 0n) % 2n ** 32n === 0n;
        assert.equal(
          action === SECCOMP_RET_TRACE && expected !== 'trace' && !loader,
          false,
          `number ${nr} is traced`,
        );
        if (expected === 'refused') {
          assert.equal(action, SECCOMP_RET_ERRNO, `number ${nr} is not refused`);
        }
      }
    }
  });

  test('refuses i386 and x32, whatever the number', async () => {
    const program = await filterProgram();
    for (let nr = 0; nr <= LAST_NUMBER; nr++) {
      for (const args of samples) {
        for (const data of [
          { nr, arch: AUDIT_ARCH_I386, args },
          { nr: nr + X32_BIT, arch: AUDIT_ARCH_X86_64, args },
          { nr: nr + 0x80000000, arch: AUDIT_ARCH_X86_64, args },
          { nr, arch: 0xc00000b7, args },
        ]) {
          const action = runFilter(program, data);
          assert.equal(
            action & SECCOMP_RET_ACTION,
            SECCOMP_RET_ERRNO,
            JSON.stringify({ ...data, args: undefined }),
          );
        }
      }
    }
  });
});

describe('every number from inside a guest', { timeout: 600_000 }, () => {
  test('the record of the host kernel sees calls that it executes', async (t) => {
    if (!requireTool(t, 'gcc', 'mount')) {
      return;
    }
    const program = await guest('enumerate');
    // getpid, getuid, getppid: natively these are executed, or the next test would prove nothing.
    const audit = await auditCalls(MARK, () => run([program, '39', '102', '110']));
    if (typeof audit === 'string') {
      missing(t, audit);
      return;
    }
    const numbers = new Set(audit.calls.map((call) => call.nr));
    assert.deepEqual(
      [39, 102, 110].filter((nr) => !numbers.has(nr)),
      [],
    );
  });

  test('nothing but native calls executes on the host', async (t) => {
    if (!requireTool(t, 'gcc', 'mount') || !requireTvisor(t)) {
      return;
    }
    const program = await guest('enumerate');
    const audit = await auditCalls(MARK, () => runSandbox([program, 'all'], { timeout: 500_000 }));
    if (typeof audit === 'string') {
      missing(t, audit);
      return;
    }
    assert.equal(audit.result.status, 0, audit.result.stdout.slice(-500) + audit.result.stderr);
    const table = await classes();
    const wrong = audit.calls.filter(
      (call) =>
        !['native', 'trace'].includes(table.get(call.nr)?.class ?? 'unknown') && !BEYOND_FILTERS.has(call.nr),
    );
    assert.deepEqual([...new Set(wrong.map((call) => call.nr))], [], 'executed on the host');
    assert.ok(audit.calls.length > 0, 'native calls carry the mark too, and must be in the record');
  });

  test('each answers, and unknown, refused, x32 and i386 ones answer with an error', async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) {
      return;
    }
    const result = await runSandbox([await guest('enumerate'), 'all'], { timeout: 500_000 });
    assert.equal(result.status, 0, result.stdout.slice(-500) + result.stderr);
    assert.match(result.stdout, /alive\n$/);
    const [seen, table] = [outcomes(result), await classes()];
    const problems: string[] = [];
    for (const [call, outcome] of seen) {
      const [abi, nr] = call.split(' ');
      const entry = table.get(Number(nr));
      if (abi !== 'x64' || entry === undefined) {
        // A signal is what a kernel without these ABIs may answer to int 0x80.
        const illegal =
          abi === 'x64' && BEYOND_FILTERS.has(Number(nr)) && /^(signal 4|result -6)$/.test(outcome);
        if (outcome !== `result ${-ENOSYS}` && !(abi === 'i386' && outcome === 'signal 11') && !illegal) {
          problems.push(`${call}: ${outcome}`);
        }
      } else if (entry.status === 'missing' && entry.class !== 'refused' && outcome !== `result ${-ENOSYS}`) {
        problems.push(`${call} (${entry.name}, missing): ${outcome}`);
      } else if (entry.class === 'refused' && !/^result -\d+$/.test(outcome)) {
        problems.push(`${call} (${entry.name}): ${outcome}`);
      }
    }
    assert.deepEqual(problems, []);
    assert.ok(seen.size > LAST_NUMBER, 'every number has an outcome');
  });

  test('what no guest may have is refused', async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) {
      return;
    }
    const result = await runSandbox([await guest('escapes')]);
    assert.doesNotMatch(result.stdout, /ALLOWED/);
    assert.match(result.stdout, /refused\n[\s\S]*alive\n$/, result.stderr);
    assert.equal(result.status, 0);
  });
});
