/**
 * What the host kernel really executes: its own trace event at the entry of a system call, which comes after seccomp, so
 * that a call answered by the sentry does not appear. Needs root and tracefs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One call that the host executed. */
export interface ExecutedCall {
  nr: number;
  args: bigint[];
}

const BUFFER_KILOBYTES = 65536;

/**
 * Record every system call on this machine while `body` runs.
 *
 * @returns those whose arguments contain `mark`, or a sentence saying why there can be no record
 */
export async function auditCalls<T>(
  mark: bigint,
  body: () => Promise<T>,
): Promise<{ result: T; calls: ExecutedCall[] } | string> {
  if (process.getuid?.() !== 0) {
    return 'recording the host kernel needs root';
  }
  const directory = mkdtempSync(join(tmpdir(), 'tvisor-test-trace-'));
  try {
    execFileSync('mount', ['-t', 'tracefs', 'none', directory], { stdio: 'ignore' });
  } catch {
    rmdirSync(directory);
    return 'tracefs cannot be mounted here';
  }
  const instance = join(directory, 'instances', `tvisor-test-${process.pid}`);
  try {
    mkdirSync(instance);
    writeFileSync(join(instance, 'buffer_size_kb'), String(BUFFER_KILOBYTES));
    writeFileSync(join(instance, 'events/raw_syscalls/sys_enter/enable'), '1');
    const result = await body();
    writeFileSync(join(instance, 'tracing_on'), '0');
    return { result, calls: parse(readFileSync(join(instance, 'trace'), 'latin1'), mark) };
  } finally {
    rmdirSync(instance);
    execFileSync('umount', [directory]);
    rmdirSync(directory);
  }
}

function parse(trace: string, mark: bigint): ExecutedCall[] {
  if (/entries-in-buffer\/entries-written: (\d+)\/(?!\1\b)/.test(trace)) {
    throw new Error('the record overflowed: it proves nothing');
  }
  const calls: ExecutedCall[] = [];
  for (const match of trace.matchAll(/sys_enter: NR (-?\d+) \(([^)]*)\)/g)) {
    const args = (match[2] ?? '').split(', ').map((word) => BigInt(`0x${word}`));
    if (args.includes(mark)) {
      calls.push({ nr: Number(match[1]), args });
    }
  }
  return calls;
}
