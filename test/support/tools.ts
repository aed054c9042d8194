/**
 * What a test needs from the machine. A missing tool is a visible skip on a developer's machine and a failure in CI
 * (`CI` set), so that a green CI run never hides tests that did not happen.
 */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tvisorPath } from './paths.js';

/**
 * Look a program up in PATH.
 *
 * @param name a file name, or an absolute path
 * @returns its path, or undefined
 */
export function findTool(name: string): string | undefined {
  const directories = name.startsWith('/') ? ['/'] : (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  for (const directory of directories) {
    const candidate = join(directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this directory.
    }
  }
  return undefined;
}

/**
 * Skip the test, or fail it in CI.
 *
 * @returns false always, so that a caller can write `return missing(t, ...)`
 */
export function missing(t: TestContext, reason: string): false {
  if (process.env['CI']) {
    throw new Error(`${reason} (required in CI)`);
  }
  t.skip(reason);
  return false;
}

/**
 * Require programs of the machine; in their absence skip the test, or fail it in CI.
 *
 * @returns true when all of them are there
 */
export function requireTool(t: TestContext, ...names: string[]): boolean {
  const absent = names.filter((name) => !findTool(name));
  return absent.length === 0 || missing(t, `not installed: ${absent.join(', ')}`);
}

/**
 * Require the sandbox itself to be built.
 *
 * @returns true when bin/tvisor is there
 */
export function requireTvisor(t: TestContext): boolean {
  return tvisorPath() !== undefined || missing(t, 'bin/tvisor is not built (make build)');
}
