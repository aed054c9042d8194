/** Running a program for a limited time, with everything that it starts gone at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { compile } from './compile.js';
import { supportDirectory } from './paths.js';

/** How a program ended and what it wrote. Output is latin1: one character a byte, nothing lost. */
export interface BoundedResult {
  /** Exit status, or 128 + signal number (the shell's convention, and the sandbox's). */
  status: number;
  /** What killed the program itself; 0 if nothing did. A target's own program may exit with 128 + N instead. */
  signal: number;
  stdout: string;
  stderr: string;
  /** It was still running when its time was over. */
  timedOut: boolean;
  /** It wrote more than `maxOutput` and was killed. */
  tooMuch: boolean;
  milliseconds: number;
}

export interface BoundedOptions {
  cwd: string;
  /** The whole environment. */
  env: Record<string, string>;
  /** Standard input, latin1; a closed empty pipe without it. */
  stdin?: string;
  /** Milliseconds. */
  timeout: number;
  /** A fresh network with only a loopback device, where the caller may make one; else the caller's. */
  ownNetwork?: boolean;
  /** Ends the program early; the call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Bytes of both streams together; 16 MiB without it. */
  maxOutput?: number;
  /** Takes the output as it comes: then nothing of it is kept, and there may be any amount. */
  onOutput?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

const MAX_OUTPUT = 16 << 20;

/** The compiled `bounded.c`. */
export function boundedProgram(): Promise<string> {
  return compile(join(supportDirectory, 'bounded.c'));
}

/**
 * Run a program with pipes as its standard files, in a process group of its own. When it ends, when its time is over or
 * when `signal` fires, every process that it started is killed, also those with another session or an adopted parent.
 *
 * @param argv the program, looked up in PATH, and its arguments. One that cannot be started exits with 127
 * @throws Error if the machine cannot start or compile the helper
 */
export async function runBounded(argv: readonly string[], options: BoundedOptions): Promise<BoundedResult> {
  const helper = await boundedProgram();
  options.signal?.throwIfAborted();
  const flags = options.ownNetwork ? ['-n'] : [];
  const started = process.hrtime.bigint();
  const child = spawn(helper, [...flags, String(Math.ceil(options.timeout)), ...argv], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // Out of reach of ^C, so that it can clean up after itself.
    detached: true,
  });
  const collected = await collect(child, options);
  options.signal?.throwIfAborted();
  return { ...collected, milliseconds: Number((process.hrtime.bigint() - started) / 1000n) / 1000 };
}

/** Feed the helper, keep what it writes, and read how the program ended. */
function collect(child: ChildProcess, options: BoundedOptions): Promise<Omit<BoundedResult, 'milliseconds'>> {
  return new Promise((resolve, reject) => {
    const chunks: Record<'stdout' | 'stderr' | 'end', Buffer[]> = { stdout: [], stderr: [], end: [] };
    let bytes = 0;
    let tooMuch = false;
    const stop = (): void => void child.kill('SIGTERM');
    const keep = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (options.onOutput) {
        options.onOutput(name, chunk);
        return;
      }
      bytes += chunk.length;
      if (bytes <= (options.maxOutput ?? MAX_OUTPUT)) {
        chunks[name].push(chunk);
      } else if (!tooMuch) {
        tooMuch = true;
        stop();
      }
    };
    child.stdout?.on('data', keep('stdout'));
    child.stderr?.on('data', keep('stderr'));
    (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => chunks.end.push(chunk));
    // A program may end without reading its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(Buffer.from(options.stdin ?? '', 'latin1'));
    options.signal?.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      options.signal?.removeEventListener('abort', stop);
      const text = (name: keyof typeof chunks): string => Buffer.concat(chunks[name]).toString('latin1');
      const [how = '', value = '0'] = text('end').trim().split(' ');
      if (how === '') {
        reject(new Error(`the helper that runs programs ended early (status ${code})`));
        return;
      }
      resolve({
        status: code ?? 128,
        signal: how === 'signal' ? Number(value) : 0,
        stdout: text('stdout'),
        stderr: text('stderr'),
        timedOut: how === 'timeout',
        tooMuch,
      });
    });
  });
}

/** The environment of every tested program: small and the same, whatever the developer's own looks like. */
export function baseEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    LC_ALL: 'C',
    TZ: 'UTC',
    TERM: 'dumb',
  };
}
