/** Finds and loads the C++ addon and the loader beside it. */

import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Native } from './native.js';

/** build/Release, seen from the bundle (dist/) or from the sources (src/platform/). */
function releaseDirectory(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up++) {
    const candidate = join(dir, 'build', 'Release');
    if (existsSync(join(candidate, 'tvisor.node'))) return candidate;
    dir = dirname(dir);
  }
  throw new Error('the native addon is not built: run `make build` (or `npm rebuild tvisor`)');
}

/** @returns the addon and the host path of the loader. Throws an Error with one clear line if they are missing. */
export function loadAddon(): { native: Native; loader: string } {
  const dir = releaseDirectory();
  const require = createRequire(import.meta.url);
  return { native: require(join(dir, 'tvisor.node')) as Native, loader: join(dir, 'loader') };
}
