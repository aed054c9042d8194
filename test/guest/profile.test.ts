/** tvisor do --profile: what it says is what a program with known calls has done. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallReport, Place, ProfileReport } from '../../src/profile/report.js';
import { runCli } from '../cli/run-cli.js';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { baseEnvironment, type RunResult, runSandbox, sandboxCommand, withScratch } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const MS = 1e6;

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  startTime: number;
  endTime: number;
  samples: number[];
  timeDeltas: number[];
}

interface Profiled {
  run: RunResult;
  report: ProfileReport;
  cpu: CpuProfile;
  log: string;
  call(name: string, place: Place): CallReport;
}

function read(file: string): Pick<Profiled, 'report' | 'cpu' | 'call'> {
  const report = JSON.parse(readFileSync(file, 'utf8')) as ProfileReport;
  const cpu = JSON.parse(readFileSync(`${file}.cpuprofile`, 'utf8')) as CpuProfile;
  const call = (name: string, place: Place): CallReport => {
    const found = report.calls.filter((c) => c.name === name && c.place === place);
    assert.equal(found.length, 1, `${name} ${place}`);
    return found[0] as CallReport;
  };
  checkSums(report);
  checkCpuProfile(report, cpu);
  return { report, cpu, call };
}

/** What must hold of every profile. */
function checkSums(report: ProfileReport): void {
  for (const c of report.calls) {
    const what = `${c.name} ${c.place}`;
    assert.ok(c.count > 0, what);
    assert.equal(c.count, c.succeeded + c.failed + c.unknown, what);
    assert.ok(c.unknown >= 0, what);
    assert.equal(
      c.failed,
      Object.values(c.errors).reduce((a, b) => a + b, 0),
      what,
    );
    for (const t of [c.time, c.wait]) {
      if (t === null) continue;
      assert.ok(t.samples <= c.count, what);
      assert.ok(t.p50 <= t.p90 && t.p90 <= t.p99 && t.p99 <= t.max && t.max <= t.total, what);
    }
  }
  for (const [place, sum] of Object.entries(report.places)) {
    const calls = report.calls.filter((c) => c.place === place);
    assert.equal(
      sum.count,
      calls.reduce((n, c) => n + c.count, 0),
    );
    assert.equal(
      sum.time,
      calls.reduce((n, c) => n + (c.time?.total ?? 0), 0),
    );
  }
}

function checkCpuProfile(report: ProfileReport, cpu: CpuProfile): void {
  const ids = new Set(cpu.nodes.map((n) => n.id));
  assert.equal(ids.size, cpu.nodes.length);
  assert.equal(cpu.samples.length, cpu.timeDeltas.length);
  assert.equal(cpu.samples.length, report.cpuProfile.samples);
  assert.ok(cpu.samples.length > 0 && cpu.samples.every((id) => ids.has(id)));
  assert.ok(cpu.nodes.every((n) => n.children?.every((id) => ids.has(id)) ?? true));
  assert.ok(cpu.endTime > cpu.startTime);
  const names = new Set(cpu.nodes.map((n) => n.callFrame.functionName));
  for (const name of ['run', 'waitForGuests', '(addon)']) assert.ok(names.has(name), `no frame ${name}`);
}

async function profiled(t: TestContext, what: string, flags: string[] = []): Promise<Profiled | undefined> {
  if (!requireTool(t, 'gcc') || !requireTvisor(t)) return undefined;
  const source = join(testRoot, 'guest', 'programs', 'profiled.c');
  const program = await compile(source, {
    flags: ['-static', '-pthread', '-Wno-unused-result', '-Wno-stringop-overread'],
  });
  return withScratch('profile', async (directory) => {
    const file = join(directory, 'p.json');
    const log = join(directory, 'log');
    const run = await runSandbox([program, what], { flags: ['--profile', file, '--log', log, ...flags] });
    return { run, ...read(file), log: readFileSync(log, 'latin1') };
  });
}

describe('--profile', { timeout: 120_000 }, () => {
  test('counts, bytes and errors are exact, and waiting is told from computing', async (t) => {
    const p = await profiled(t, 'calls');
    if (p === undefined) return;
    assert.equal(p.run.status, 0, p.run.stderr);
    assert.equal(p.report.exitStatus, 0);
    assert.equal(p.call('getppid', 'typescript').succeeded, 1000);
    const pread = p.call('pread64', 'typescript');
    assert.deepEqual([pread.succeeded, pread.bytes.moved, pread.bytes.guestWritten], [500, 50_000, 50_000]);
    const clock = p.call('clock_gettime', 'native');
    assert.deepEqual([clock.succeeded, clock.time?.samples, clock.wait.samples], [200, 200, 0]);
    assert.ok((p.report.nativeFloor ?? 0) > 0 && (p.report.nativeFloor ?? 0) <= (clock.time?.p50 ?? 0));
    assert.deepEqual(p.call('close', 'typescript').errors, { EBADF: 7 });
    assert.deepEqual(p.call('openat', 'typescript').errors, { ENOENT: 3 });
    assert.equal(p.call('mprotect', 'native').errors['EINVAL'], 4);
    assert.deepEqual(p.call('unknown', 'typescript').errors, { ENOSYS: 2 });
    assert.equal(p.report.places.fast.count, 0);
    const byte = p.call('read', 'typescript');
    assert.deepEqual([byte.count, byte.bytes.moved, byte.wait.samples], [1, 1, 1]);
    const sleeps = [p.call('nanosleep', 'native').wait, p.call('poll', 'typescript').wait];
    for (const wait of [byte.wait, ...sleeps]) {
      assert.ok(wait.total >= 45 * MS && wait.total < 2000 * MS, `waited ${wait.total} ns`);
    }
    assert.ok((byte.time?.total ?? Infinity) < 45 * MS);
    assert.equal(p.call('fork', 'traced').succeeded, 1);
    assert.equal(p.call('exit_group', 'native').unknown, 2);
  });

  test('many threads and processes', async (t) => {
    const p = await profiled(t, 'threads');
    if (p === undefined) return;
    assert.equal(p.run.status, 0, p.run.stderr);
    assert.equal(p.call('getpid', 'typescript').count, 1600);
    assert.equal(p.call('sched_yield', 'native').succeeded, 16 * 50 + 200);
    assert.equal(p.call('getppid', 'typescript').count, 200);
    const clones = p.report.calls.filter((c) => /^(clone3?|fork)$/.test(c.name));
    assert.equal(
      clones.reduce((n, c) => n + c.succeeded, 0),
      16 + 20,
    );
    assert.equal(p.call('exit', 'native').count, 16);
    assert.equal(p.call('exit_group', 'native').count, 21);
  });

  test('signals in the middle of native calls', async (t) => {
    const p = await profiled(t, 'signals');
    if (p === undefined) return;
    assert.equal(p.run.status, 0, p.run.stderr);
    const [handled = 0, yields = 0, interrupted = 0] = p.run.stdout.split(' ').map(Number);
    assert.ok(handled >= 130 && interrupted > 0);
    assert.equal(p.call('rt_sigreturn', 'native').count, handled);
    assert.equal(p.call('sched_yield', 'native').succeeded, yields);
    assert.ok(p.call('nanosleep', 'native').failed >= interrupted);
  });

  test('new programs, one of them from another thread than the first', async (t) => {
    const p = await profiled(t, 'programs');
    if (p === undefined) return;
    assert.equal(p.run.status, 0, p.run.stderr);
    assert.deepEqual(
      ['vfork', 'execve'].map((name) => p.call(name, 'traced').succeeded),
      [5, 6],
    );
    assert.equal(p.call('getppid', 'typescript').count, 60);
    // The loader's own calls are none of the guest's: each program is static and sets its thread pointer once.
    assert.equal(p.call('arch_prctl', 'native').count, 7);
    assert.equal(p.call('exit_group', 'native').count, 6);
  });

  test('what still waits when the sandbox ends has waited', async (t) => {
    const p = await profiled(t, 'unfinished');
    if (p === undefined) return;
    assert.deepEqual([p.run.status, p.report.exitStatus], [137, 137]);
    for (const call of [p.call('read', 'typescript'), p.call('pause', 'native')]) {
      assert.deepEqual([call.count, call.unknown, call.wait.samples], [1, 1, 1], call.name);
      assert.ok(call.wait.total >= 30 * MS, `${call.name} waited ${call.wait.total} ns`);
    }
  });

  test('together with --strace', async (t) => {
    const p = await profiled(t, 'calls', ['--strace']);
    if (p === undefined) return;
    assert.equal(p.run.status, 0, p.run.stderr);
    assert.equal(p.log.match(/ getppid\(/g)?.length, 1000);
    assert.equal(p.call('getppid', 'typescript').count, 1000);
    assert.equal(p.call('clock_gettime', 'native').count, 200);
    // What --strace reads of the guest's memory is not the call's.
    const path = p.report.command[0]?.length ?? 0;
    assert.equal(p.call('openat', 'typescript').bytes.guestRead, path + 1 + 3 * '/no/such/file\0'.length);
  });

  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`is written when the sentry gets ${signal}`, async (t) => {
      if (!requireTvisor(t)) return;
      await withScratch('profile', async (directory) => {
        const file = join(directory, 'p.json');
        const [program = '', ...args] = sandboxCommand(['sh', '-c', 'echo; exec sleep 60'], {
          flags: ['--profile', file],
        });
        const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
        const end = new Promise((resolve) => child.on('close', (code) => resolve(code)));
        await new Promise((resolve) => child.stdout.once('data', resolve));
        await sleep(200);
        child.kill(signal);
        assert.equal(await end, status);
        const { report, call } = read(file);
        assert.equal(report.exitStatus, status);
        assert.ok(call('execve', 'traced').succeeded === 1);
      });
    });
  }

  test('a disk that is full at the end costs the files and not the exit status', async (t) => {
    if (!requireTvisor(t)) return;
    await withScratch('profile', async (directory) => {
      const file = join(directory, 'p.json');
      symlinkSync('/dev/full', file);
      const run = await runSandbox(['sh', '-c', 'exit 5'], { flags: ['--profile', file] });
      assert.deepEqual([run.status, run.stdout], [5, '']);
      assert.match(run.stderr, /^\S+ ERROR --profile: not written reason="ENOSPC[^\n]*\n$/);
    });
  });

  test('what is printed of it', async (t) => {
    if (!requireTvisor(t)) return;
    await withScratch('profile', async (directory) => {
      const file = join(directory, 'p.json');
      await runSandbox(['cat', '/etc/passwd'], { flags: ['--profile', file] });
      const { report } = read(file);
      const printed = runCli(['profile', file]);
      assert.deepEqual([printed.status, printed.stderr], [0, '']);
      const lines = printed.stdout.split('\n').map((line) => line.split(/ +/).slice(0, 3).join(' '));
      for (const { name, place, count } of report.calls)
        assert.ok(lines.includes(`${name} ${place} ${count}`));
    });
  });

  test('a file that cannot be written is one line before anything starts', async (t) => {
    if (!requireTvisor(t)) return;
    await withScratch('profile', async (directory) => {
      const file = join(directory, 'none', 'p.json');
      const run = await runSandbox(['sh', '-c', 'echo started'], { flags: ['--profile', file] });
      assert.deepEqual([run.status, run.stdout], [128, '']);
      assert.equal(run.stderr, `tvisor do: --profile: ${file}: ENOENT: no such file or directory\n`);
    });
  });
});
