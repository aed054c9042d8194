/** gVisor's `runsc do`: the host's files under an overlay of its own, like `tvisor do`. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetInfo } from '../model.js';
import { scratchDirectory } from '../scratch.js';
import { CWD_PLACE, PLACE, prefixTarget } from './prefix.js';
import type { Target } from './target.js';

/** Tried in this order; old versions do not know the first, new ones not the second. kvm hangs on some virtual machines, so it must be asked for. */
export const RUNSC_PLATFORMS = ['systrap', 'ptrace'];

/** The global flags of a target: the given ones, and no network unless they say otherwise. */
export function runscFlags(given: readonly string[], platform?: string): string[] {
  const has = (name: string): boolean => given.some((flag) => new RegExp(`^--?${name}(=|$)`).test(flag));
  return [
    ...(platform === undefined || has('platform') ? [] : [`--platform=${platform}`]),
    ...(has('network') ? [] : ['--network=none']),
    ...given,
  ];
}

/** Remove the bundle that a killed `runsc do` has left in the temporary directory: it names the command's own directory. */
async function discardBundle(cwd: string): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith('runsc-do'))) {
    const directory = join(tmpdir(), name);
    try {
      const config: { process?: { cwd?: unknown } } = JSON.parse(
        readFileSync(join(directory, 'config.json'), 'utf8'),
      );
      if (config.process?.cwd === cwd) rmSync(directory, { recursive: true, force: true });
    } catch {
      // Gone meanwhile, or not finished: another's.
    }
  }
}

/** A target of `runsc FLAGS do`. */
export function runscTarget(info: Omit<TargetInfo, 'command'>, flags: readonly string[]): Target {
  const state = scratchDirectory('runsc');
  const words = ['runsc', ...flags, '--root', state, 'do', '--quiet', '--cwd', CWD_PLACE, PLACE];
  const command = ['runsc', ...flags, 'do', PLACE].join(' ');
  return {
    ...prefixTarget({ ...info, command }, words, '', discardBundle),
    cleanup: async () => rmSync(state, { recursive: true, force: true }),
  };
}
