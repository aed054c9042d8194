/** Working directories of single tests, which are gone after them whatever the tests have done inside. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../scratch.js';

const loopDevices = '/sys/block';

/** Loop devices of killed tests keep their files: those whose file was below `directory` are set free. */
function detachLoops(directory: string): void {
  if (!existsSync(loopDevices)) return;
  for (const name of readdirSync(loopDevices)) {
    const path = join(loopDevices, name, 'loop', 'backing_file');
    if (!name.startsWith('loop') || !existsSync(path)) continue;
    if (readFileSync(path, 'utf8').startsWith(`${directory}/`)) {
      spawnSync('losetup', ['-d', `/dev/${name}`], { stdio: 'ignore', timeout: 10_000 });
    }
  }
}

/** Remove a test's directory; files that it has made immutable (chattr(1)) first lose that. */
function removeDirectory(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    spawnSync('chattr', ['-R', '-ia', directory], { stdio: 'ignore', timeout: 10_000 });
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes directories for tests below one that ends with this process. */
export class Workplaces {
  readonly #base: string;
  #next = 0;

  /** @param label part of the directory's name, for people who find it */
  constructor(label: string) {
    this.#base = scratchDirectory(label);
    // Tests give up root and still come here.
    chmodSync(this.#base, 0o755);
  }

  /**
   * Run `body` with a new directory that anybody may write to.
   *
   * @throws what `body` throws
   */
  async use<T>(body: (directory: string) => Promise<T>): Promise<T> {
    const directory = join(this.#base, String(this.#next++));
    mkdirSync(directory);
    chmodSync(directory, 0o1777);
    try {
      return await body(directory);
    } finally {
      detachLoops(directory);
      removeDirectory(directory);
    }
  }
}
