/** Where things are in the repository, for tests. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root directory, absolute. */
export const repoRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The `test` directory, absolute. */
export const testRoot = join(repoRoot, 'test');

/** Header and helper programs that tests compile. */
export const supportDir = join(testRoot, 'support');

export { tvisorPath } from '../../compat/paths.js';
