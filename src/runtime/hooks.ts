/** Hooks of config.json that run on the host. startContainer runs inside, which is the sentry's (container-spec.ts, startHooks). */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, readFileSync } from 'node:fs';
import { checked, host, memoryFile, stubPath } from './host.js';
import { foreignNamespaces } from './stub.js';

export type HookKind = 'prestart' | 'createRuntime' | 'createContainer' | 'poststart' | 'poststop';

/** As config.json has it. */
export interface Hook {
  /** Absolute, on the host. */
  readonly path: string;
  /** argv, its first word included. */
  readonly args?: readonly string[] | undefined;
  /** The whole environment; undefined: that of the command. */
  readonly env?: readonly string[] | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/** What a hook reads from its standard input, as JSON (runtime-spec, state). */
export interface HookState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: 'creating' | 'created' | 'running' | 'stopped';
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Of what a hook has printed, an error shows so many characters at most. */
const MAX_OUTPUT = 4096;

/** A hook that has failed; its message is one line. */
export class HookError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HookError';
  }
}

/**
 * Run hooks of one kind, one after the other. Those of createContainer run in the namespaces of the container's stub (state.pid), which
 * has not finished yet: so the host's files are there, and the rootfs with its mounts where the bundle has it.
 *
 * @returns lines about hooks that have failed where that ends nothing: poststop
 * @throws HookError for the first that fails, of all other kinds: the caller destroys the container
 */
export function runHooks(kind: HookKind, hooks: readonly Hook[] | undefined, state: HookState): string[] {
  const warnings: string[] = [];
  for (const [index, hook] of (hooks ?? []).entries()) {
    const problem = runHook(kind, hook, state);
    if (problem === undefined) continue;
    const line = `error running ${kind} hook #${index}: ${problem}`;
    if (kind !== 'poststop') throw new HookError(line);
    warnings.push(line);
  }
  return warnings;
}

/** @returns why it has failed, or undefined */
function runHook(kind: HookKind, hook: Hook, state: HookState): string | undefined {
  // Files in memory and no pipes: what a hook leaves running in the background keeps nobody waiting.
  const fds = [
    memoryFile('state', JSON.stringify(state)),
    memoryFile('stdout', ''),
    memoryFile('stderr', ''),
  ];
  try {
    const options = {
      stdio: [...fds],
      env: hook.env === undefined ? process.env : environment(hook.env),
      cwd: existsSync(state.bundle) ? state.bundle : '/',
      ...(hook.timeout === undefined ? {} : { timeout: hook.timeout * 1000 }),
      killSignal: 'SIGKILL' as const,
    };
    const args = [...(hook.args ?? [hook.path])];
    let result: ReturnType<typeof spawnSync>;
    if (kind === 'createContainer' && state.pid !== undefined) {
      const pidfd = checked(host().pidfdOpen(state.pid), 'the container');
      fds.push(pidfd);
      options.stdio.push(pidfd);
      const flags = String(foreignNamespaces(state.pid));
      result = spawnSync(stubPath(), ['enter', flags, options.cwd, hook.path, ...args], options);
    } else {
      result = spawnSync(hook.path, args.slice(1), { ...options, argv0: args[0] ?? hook.path });
    }
    return failure(hook, result, fds[1]!, fds[2]!);
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

function failure(
  hook: Hook,
  { error, status, signal }: ReturnType<typeof spawnSync>,
  stdout: number,
  stderr: number,
): string | undefined {
  if (status === 0 && error === undefined) return undefined;
  const code = error !== undefined && 'code' in error ? error.code : undefined;
  if (code === 'ETIMEDOUT')
    return `${hook.path}: timed out after ${hook.timeout} s${printed(stdout, stderr)}`;
  if (code === 'ENOENT' || (status === 127 && !existsSync(hook.path)))
    return `${hook.path}: no such file or directory${printed(stdout, stderr)}`;
  if (code === 'EACCES') return `${hook.path}: permission denied`;
  if (error !== undefined) return `${hook.path}: ${error.message}`;
  const end = signal === null ? `exit status ${status}` : `signal ${signal}`;
  return `${end}${printed(stdout, stderr)}`;
}

/** What it has printed, in one line. */
function printed(stdout: number, stderr: number): string {
  const text = (fd: number) =>
    readFileSync(`/proc/self/fd/${fd}`, 'utf8')
      .slice(0, MAX_OUTPUT)
      .trim()
      .replaceAll(/\s*\n\s*/g, '; ');
  const [out, err] = [text(stdout), text(stderr)];
  return `${out === '' ? '' : `, stdout: ${out}`}, stderr: ${err}`;
}

/** Of a name that comes twice the last counts. A word without "=" is no variable. */
function environment(words: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) env[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return env;
}
