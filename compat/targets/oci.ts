/** runc, crun and other programs with their command line: each command in a container of its own. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { baseEnvironment, runBounded } from '../bounded.js';
import type { TargetInfo } from '../model.js';
import { scratchDirectory } from '../scratch.js';
import { bundleConfig } from './bundle.js';
import type { CommandOptions, Target, TargetCommand } from './target.js';

const DELETE_TIMEOUT = 20_000;

/** Those of the directories that an overlay of / does not show, being on file systems of their own. */
export function notBelowRoot(directories: readonly string[]): string[] {
  const root = statSync('/').dev;
  return directories.filter((path) => statSync(path, { throwIfNoEntry: false })?.dev !== root);
}

/**
 * A target of an OCI runtime.
 *
 * @param runtime its program and global flags
 * @param init the compiled init.c
 * @param mountScript one of those of bundle.ts
 */
export function ociTarget(
  info: TargetInfo,
  runtime: readonly string[],
  init: string,
  mountScript: string,
): Target {
  const directory = scratchDirectory('oci');
  const state = join(directory, 'state');
  let count = 0;

  /** Forget a container that was killed before it could be deleted; the usual one is gone by now. */
  async function discard(id: string): Promise<void> {
    if (existsSync(join(state, id))) {
      await runBounded([...runtime, '--root', state, 'delete', '--force', id], {
        cwd: '/',
        env: baseEnvironment(),
        timeout: DELETE_TIMEOUT,
      });
    }
    rmSync(join(directory, id), { recursive: true, force: true });
  }

  function command(words: readonly string[], options: CommandOptions): TargetCommand {
    const id = `tvisor-compat-${process.pid}-${++count}`;
    const bundle = join(directory, id);
    const mountpoint = join(bundle, 'mnt');
    mkdirSync(mountpoint, { recursive: true });
    const visible = notBelowRoot([...(options.visible ?? []), dirname(words[0] ?? '/'), dirname(init)]);
    const config = bundleConfig([init, ...words], { ...options, visible }, join(mountpoint, 'root'));
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
    const run = [...runtime, '--root', state, 'run', '--bundle', bundle, id];
    return {
      argv: [
        ...['unshare', '--mount', '--propagation', 'private'],
        ...['sh', '-c', mountScript, 'sh', mountpoint],
        ...run,
      ],
      env: baseEnvironment(),
      cwd: '/',
      discard: () => discard(id),
    };
  }

  return {
    info,
    unavailable: '',
    native: false,
    command,
    cleanup: async () => rmSync(directory, { recursive: true, force: true }),
  };
}
