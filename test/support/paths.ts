/** Where things are in the repository, for tests. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root directory, absolute. */
export const repoRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The `test` directory, absolute. */
export const testRoot = join(repoRoot, 'test');

/** Header and helper programs that tests compile. */
export const supportDir = join(testRoot, 'support');

/**
 * The program under test: `bin/tvisor`, or what TVISOR_BIN names.
 *
 * @returns its absolute path, or undefined when it has not been built
 */
export function tvisorPath(): string | undefined {
  const other = process.env['TVISOR_BIN'];
  if (other !== undefined) {
    return existsSync(other) ? other : undefined;
  }
  // bin/tvisor is in the repository; what it runs is built.
  return existsSync(join(repoRoot, 'dist', 'tvisor.cjs')) ? join(repoRoot, 'bin', 'tvisor') : undefined;
}
