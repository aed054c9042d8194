/** What is compared: ways to run one program, found on this machine and tried once. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BoundedResult, baseEnvironment, runBounded } from '../compat/bounded.js';
import { packageRoot } from '../compat/paths.js';
import { createTarget, type TargetChoice } from '../compat/targets/create.js';
import { prefixTarget } from '../compat/targets/prefix.js';
import { findProgram, programVersion } from '../compat/targets/probe.js';
import { RUNSC_PLATFORMS, runscFlags, runscTarget } from '../compat/targets/runsc.js';
import type { Target as CompatTarget, TargetCommand } from '../compat/targets/target.js';
import type { TargetInfo } from './model.js';

const execute = promisify(execFile);

/** Milliseconds in which a trial of a target must have ended: a broken runsc platform may hang for ever. */
const trialTimeout = 5_000;

export interface Target extends TargetInfo {
  /** The host command that runs a program, with an absolute path, and its arguments. */
  command(words: readonly string[]): TargetCommand;
  /** True for the bare trap, which answers only some rows. */
  floor: boolean;
  /** A directory inside whose files are in memory; the guest program makes the last part of the path. */
  memoryDirectory: string;
  /** A directory inside that is the host's; undefined where there is none. */
  hostDirectory: string | undefined;
  /** Remove everything that was made for this target. */
  cleanup(): Promise<void>;
}

/** The targets to measure, and why others are not among them. */
export interface Found {
  targets: Target[];
  /** Sentences for the reader. */
  notes: string[];
}

/** The programs compiled for a run. */
export interface Programs {
  micro: string;
  bareTrap: string;
}

const guestSources = ['main', 'caller', 'data', 'names', 'channels', 'traffic', 'memory', 'process'];

/**
 * Compile the guest program and the bare trap.
 *
 * @param directory where to put them
 * @throws Error with the compiler's words
 */
export async function compilePrograms(directory: string): Promise<Programs> {
  const micro = join(directory, 'micro');
  const bareTrap = join(directory, 'bare-trap');
  const flags = ['-O2', '-Wall', '-Wextra', '-o'];
  const sources = guestSources.map((name) => join(packageRoot, 'bench', 'guest', `${name}.c`));
  await execute('cc', [...flags, micro, '-static', '-pthread', ...sources]);
  await execute('cc', [...flags, bareTrap, join(packageRoot, 'bench', 'trap', 'bare-trap.c')]);
  return { micro, bareTrap };
}

/**
 * Why a program failed, in one line.
 *
 * @param result of a program that did not exit with 0
 */
export function failure(result: BoundedResult): string {
  if (result.timedOut) {
    return 'timed out';
  }
  const words = result.stderr.trim().split('\n').pop()?.slice(0, 160);
  return words ? `exit status ${result.status}: ${words}` : `exit status ${result.status}`;
}

/** Where a run finds and puts things; all absolute. */
export interface Places {
  programs: Programs;
  /** A scratch directory of the host's that guests may write to. */
  host: string;
  /** Put before every command: taskset, or nothing. */
  wrapper: readonly string[];
}

type Traits = Partial<Pick<Target, 'floor' | 'memoryDirectory' | 'hostDirectory'>>;

/** A target of the compatibility suite, as the benchmarks need it. */
function adapt(places: Places, target: CompatTarget, traits: Traits): Target {
  return {
    name: target.info.name,
    version: target.info.version,
    floor: false,
    memoryDirectory: `/dev/shm/tvisor-bench-${process.pid}`,
    hostDirectory: undefined,
    ...traits,
    command: (words) => {
      const command = target.command(words, { cwd: places.host, env: baseEnvironment() });
      return { ...command, argv: [...places.wrapper, ...command.argv] };
    },
    cleanup: () => target.cleanup(),
  };
}

/** Undefined when the target can start a program that does nothing, else why not. */
async function trial(target: Target, micro: string): Promise<string | undefined> {
  const command = target.command([micro, 'exit0']);
  try {
    const { argv, cwd, env } = command;
    const result = await runBounded(argv, { cwd, env, timeout: trialTimeout });
    return result.status === 0 && !result.timedOut ? undefined : failure(result);
  } finally {
    await command.discard();
  }
}

/** What to look for. */
export interface Wanted {
  /** Names from `--targets`; undefined for all of the usual ones. */
  names: ReadonlySet<string> | undefined;
  /** Further ones, from `--target`. */
  others: readonly TargetChoice[];
}

/** The names that `--targets` knows. */
export const targetNames = [
  'native',
  'bare-trap',
  'tvisor',
  'runc',
  'runsc',
  ...RUNSC_PLATFORMS.map(runscName),
];

function runscName(platform: string): string {
  return `runsc-${platform}`;
}

class Finder {
  readonly found: Found = { targets: [], notes: [] };

  constructor(
    private readonly places: Places,
    private readonly wanted: Wanted,
  ) {}

  isWanted(name: string): boolean {
    return this.wanted.names === undefined || this.wanted.names.has(name);
  }

  /** Keep a target that works; note why another does not. */
  async add(target: CompatTarget, traits: Traits): Promise<boolean> {
    const adapted = adapt(this.places, target, traits);
    const reason = target.unavailable || (await trial(adapted, this.places.programs.micro));
    if (reason) {
      this.found.notes.push(`${adapted.name}: not measured: ${reason}`);
      await adapted.cleanup();
      return false;
    }
    this.found.targets.push(adapted);
    return true;
  }

  async bareTrap(): Promise<void> {
    const words = [this.places.programs.bareTrap];
    const info = { name: 'bare-trap', version: '', command: words.join(' ') };
    await this.add(prefixTarget(info, words, ''), { floor: true });
  }

  async runsc(): Promise<void> {
    const asked = RUNSC_PLATFORMS.filter(
      (platform) => this.isWanted('runsc') || this.isWanted(runscName(platform)),
    );
    if (asked.length > 0 && findProgram('runsc') === undefined) {
      this.found.notes.push('runsc: not measured: not installed (Debian: apt-get install runsc)');
      return;
    }
    const version = await programVersion('runsc');
    // Its `do` has an overlay in memory over everything, no volumes, and not always a /dev/shm.
    const traits = { memoryDirectory: `/tmp/tvisor-bench-${process.pid}` };
    const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
    let haveBest = false;
    for (const platform of asked) {
      // Between the best platform and ptrace there is nothing to learn.
      if (!haveBest || platform === 'ptrace') {
        const target = runscTarget({ name: runscName(platform), version }, runscFlags(rootless, platform));
        haveBest = (await this.add(target, traits)) || haveBest;
      }
    }
  }
}

/**
 * Find the targets of this machine and try each: native, the bare trap, tvisor, runc, of runsc its best working platform and
 * always ptrace, and those that were asked for by a command line.
 *
 * @throws Error for a target that is no target
 */
export async function findTargets(places: Places, wanted: Wanted): Promise<Found> {
  const finder = new Finder(places, wanted);
  const onHost = { hostDirectory: places.host };
  if (finder.isWanted('native')) {
    await finder.add(await createTarget({ name: 'native', words: undefined }), onHost);
  }
  if (finder.isWanted('bare-trap')) {
    await finder.bareTrap();
  }
  if (finder.isWanted('tvisor')) {
    const words = [`--volume=${places.host}:${places.host}`];
    await finder.add(await createTarget({ name: 'tvisor', words }), onHost);
  }
  if (finder.isWanted('runc')) {
    await finder.add(await createTarget({ name: 'runc', words: undefined }), onHost);
  }
  await finder.runsc();
  for (const choice of wanted.others) {
    await finder.add(await createTarget(choice), {});
  }
  return finder.found;
}
