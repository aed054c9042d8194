/** Where things are: this file is one directory below the package's root, from source and in `dist/compat.cjs`. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root directory, absolute. */
export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');

export const casesDirectory = join(packageRoot, 'compat', 'cases');

export const expectedDirectory = join(packageRoot, 'compat', 'expected');

/** C programs that the runner itself uses. */
export const supportDirectory = join(packageRoot, 'compat', 'support');

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
  return existsSync(join(packageRoot, 'dist', 'tvisor.cjs')) ? join(packageRoot, 'bin', 'tvisor') : undefined;
}
