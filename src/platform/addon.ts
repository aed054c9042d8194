/** Finds and loads the C++ addon and the loader beside it. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bindings from 'bindings';
import type { Native } from './native.js';

/** The package's directory, seen from the bundle (dist/) or from the sources (src/platform/). */
function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 3; up++) {
    if (existsSync(join(dir, 'build', 'Release', 'tvisor.node'))) return dir;
    dir = dirname(dir);
  }
  throw new Error('the native addon is not built: run `make build` (or `npm rebuild tvisor`)');
}

/** @returns the addon and the host paths of the loader and the stub. Throws an Error with one clear line if they are missing. */
export function loadAddon(): { native: Native; loader: string; stub: string } {
  const root = packageRoot();
  const native = bindings({ bindings: 'tvisor', module_root: root }) as Native;
  const directory = join(root, 'build', 'Release');
  return { native, loader: join(directory, 'loader'), stub: join(directory, 'stub') };
}
