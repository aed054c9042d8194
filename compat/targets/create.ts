/** From what `--target` says to something that commands run under. */
import { release } from 'node:os';
import { join } from 'node:path';
import { parse } from 'shell-quote';
import { compile } from '../compile.js';
import { supportDirectory, tvisorPath } from '../paths.js';
import { OVERLAY_CGROUP2_SCRIPT, OVERLAY_SCRIPT } from './bundle.js';
import { ociTarget } from './oci.js';
import { podmanTarget } from './podman.js';
import { CWD_PLACE, nativeTarget, PLACE, prefixTarget } from './prefix.js';
import { findProgram, probe, programVersion } from './probe.js';
import { RUNSC_PLATFORMS, runscFlags, runscTarget } from './runsc.js';
import type { Target } from './target.js';

/** A `--target`: its name, and the words after `=`. */
export interface TargetChoice {
  name: string;
  /** Undefined when there is no `=`. */
  words: string[] | undefined;
}

/** The targets of a run for which none are named; what is missing of them is shown as such. */
export const DEFAULT_TARGETS = ['native', 'tvisor', 'runc', 'runsc'];

/**
 * Split a command line into words as a shell does, with quotes and variables but nothing else.
 *
 * @throws Error for pipes, redirections and the like, which need `sh -c`
 */
export function splitWords(text: string): string[] {
  return parse(text, process.env).map((word) => {
    if (typeof word === 'string') return word;
    if ('op' in word && word.op === 'glob') return word.pattern;
    throw new Error(`'${text}': only words and quotes are understood; write sh -c '...' for more`);
  });
}

/**
 * Parse `NAME`, `NAME=FLAGS` (of a known runtime) or `NAME=COMMAND {}`.
 *
 * @throws Error that says what is wrong
 */
export function parseTarget(text: string): TargetChoice {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[A-Za-z0-9][\w.:-]*$/.test(name))
    throw new Error(`'${text}': expected NAME, NAME=FLAGS or NAME='COMMAND {}'`);
  if (equals < 0) return { name, words: undefined };
  const words = splitWords(text.slice(equals + 1));
  if (words.length === 0) throw new Error(`'${text}': nothing after '='`);
  return { name, words };
}

/** A target that cannot be used, with its reason. */
function missing(name: string, command: string, reason: string, version = ''): Target {
  return prefixTarget({ name, version, command }, [command], reason);
}

/** The first candidate under which `true` runs, or the last one's reason; the others are cleaned up. */
async function firstWorking(
  candidates: readonly (() => Target)[],
  signal: AbortSignal | undefined,
): Promise<Target> {
  let last: Target | undefined;
  for (const candidate of candidates) {
    const target = candidate();
    const reason = await probe(target, signal);
    if (reason === '') return target;
    await target.cleanup();
    last = missing(target.info.name, target.info.command, reason, target.info.version);
  }
  return last ?? missing('?', '', 'no way to run it');
}

/** The compiled init.c, which needs nothing of the container's libraries. */
function initProgram(): Promise<string> {
  return compile(join(supportDirectory, 'init.c'), { flags: ['-static'] });
}

async function createTvisor(name: string, flags: readonly string[], signal?: AbortSignal): Promise<Target> {
  const program = tvisorPath();
  const command = ['tvisor', 'do', ...flags, PLACE].join(' ');
  if (program === undefined) return missing(name, command, 'bin/tvisor is not built (make build)');
  const version = await programVersion(program, signal);
  const words = [program, 'do', '--cwd', CWD_PLACE, ...flags, '--', PLACE];
  return firstWorking([() => prefixTarget({ name, version, command }, words, '')], signal);
}

async function createRunsc(name: string, given: readonly string[], signal?: AbortSignal): Promise<Target> {
  const version = await programVersion('runsc', signal);
  const candidates = new Set(RUNSC_PLATFORMS.map((platform) => runscFlags(given, platform).join('\0')));
  return firstWorking(
    Array.from(candidates, (flags) => () => runscTarget({ name, version }, flags.split('\0'))),
    signal,
  );
}

async function createOci(name: string, flags: readonly string[], signal?: AbortSignal): Promise<Target> {
  const info = {
    name,
    version: await programVersion(name, signal),
    command: [name, ...flags, 'run', PLACE].join(' '),
  };
  const init = await initProgram();
  const scripts = [OVERLAY_SCRIPT, OVERLAY_CGROUP2_SCRIPT];
  return firstWorking(
    scripts.map((script) => () => ociTarget(info, [name, ...flags], init, script)),
    signal,
  );
}

async function createPodman(name: string, runtime: string, signal?: AbortSignal): Promise<Target> {
  const version = [await programVersion('podman', signal), await programVersion(runtime, signal)].join(', ');
  const init = await initProgram();
  const info = { name, version, command: `podman --runtime ${runtime} run ${PLACE}` };
  return firstWorking(
    [
      () => podmanTarget(info, runtime, init, OVERLAY_SCRIPT, 'enabled'),
      () => podmanTarget(info, runtime, init, OVERLAY_CGROUP2_SCRIPT, 'disabled'),
    ],
    signal,
  );
}

/** Why a target cannot be on this machine, before anything is tried; empty if nothing is known against it. */
function obstacle(programs: readonly string[], needsRoot: boolean): string {
  const absent = programs.filter((program) => findProgram(program) === undefined);
  if (absent.length > 0) return `not installed: ${absent.join(', ')}`;
  return needsRoot && process.geteuid?.() !== 0 ? 'needs root here' : '';
}

/**
 * Make a target and try it with one small command. One that does not work here is returned with its reason.
 *
 * @throws Error for a name that is none of the known ones and has no command line
 */
export async function createTarget({ name, words }: TargetChoice, signal?: AbortSignal): Promise<Target> {
  const flags = words?.every((word) => word.startsWith('-')) ? words : undefined;
  if (words !== undefined && flags === undefined) {
    const info = { name, version: '', command: words.join(' ') };
    return firstWorking([() => prefixTarget(info, words, '')], signal);
  }
  const podman = /^podman(?::(.+))?$/.exec(name);
  const runtime = podman?.[1] ?? 'crun';
  const reason = podman
    ? obstacle(['podman', runtime, 'unshare'], true)
    : ['runc', 'crun'].includes(name)
      ? obstacle([name, 'unshare'], true)
      : name === 'runsc'
        ? obstacle(['runsc'], false)
        : '';
  if (reason !== '') return missing(name, name, reason);
  if (podman) return createPodman(name, runtime, signal);
  if (name === 'native') return nativeTarget(`Linux ${release()}`);
  if (name === 'tvisor') return createTvisor(name, flags ?? [], signal);
  if (name === 'runsc') return createRunsc(name, flags ?? [], signal);
  if (name === 'runc' || name === 'crun') return createOci(name, flags ?? [], signal);
  throw new Error(
    `'${name}': expected native, tvisor, runc, crun, runsc, podman:RUNTIME, or NAME='COMMAND {}'`,
  );
}
