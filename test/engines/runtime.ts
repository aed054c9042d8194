/**
 * The runtime under test: `bin/tvisor` of this checkout, or what TVISOR_TEST_RUNTIME names: a path, or `runc`, `crun` or `runsc` to see
 * what the same steps say about others.
 */
import { basename } from 'node:path';
import type { TestContext } from 'node:test';
import { tvisorPath } from '../support/paths.js';
import { findTool, missing } from '../support/tools.js';
import type { Room } from './room.js';

const named = process.env['TVISOR_TEST_RUNTIME'] ?? '';

/** What engines are told the runtime is called. */
export const runtimeName = named === '' ? 'tvisor' : basename(named);

/** Whether it can only set limits and capabilities that the test itself may set: it then needs them named in the engine's own settings. */
export const needsReachableLimits = runtimeName === 'runc' || runtimeName === 'crun';

/** Whether it refuses machines with control groups of both versions. */
export const onlyOneKindOfGroups = runtimeName === 'crun';

/** @returns true if the runtime is there; else the test is skipped, or has failed in CI */
export function requireRuntime(t: TestContext): boolean {
  return (
    runtimePath() !== undefined ||
    missing(t, `no runtime: ${named === '' ? 'bin/tvisor is not built' : named}`)
  );
}

function runtimePath(): string | undefined {
  if (named === '') return tvisorPath();
  return named.includes('/') ? named : findTool(named);
}

/**
 * The program that engines are to start.
 *
 * @throws Error if there is none
 */
export async function runtimeProgram(room: Room): Promise<string> {
  const path = runtimePath();
  if (path === undefined) throw new Error('no runtime');
  if (runtimeName !== 'runsc') return path;
  // Its own network needs more than a network namespace gives on new kernels.
  return room.write('runsc', `#!/bin/sh\nexec ${path} --network=host --platform=ptrace "$@"\n`, '755');
}
