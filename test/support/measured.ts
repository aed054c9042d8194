/** A sandbox whose sentry is watched while it runs. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { baseEnvironment, sandboxCommand } from './run.js';

export interface Measured {
  status: number | string;
  /** Standard output and standard error, as they came. */
  output: string;
  /** Most resident memory that the sentry had, in MB; 0 if it was never seen. */
  peak: number;
}

function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs a command in a sandbox.
 * @param timeout milliseconds after which it is killed @param flags options of `tvisor do`
 */
export async function runMeasured(
  command: readonly string[],
  timeout: number,
  flags: readonly string[] = [],
): Promise<Measured> {
  const [program = '', ...args] = sandboxCommand([...command], { flags: [...flags] });
  const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 50);
  const late = setTimeout(() => child.kill('SIGKILL'), timeout);
  const status = await new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  clearInterval(timer);
  clearTimeout(late);
  return { status, output, peak };
}
