/** Hooks that run after a container was made: read from the configuration that it was created with. */
import { reasonOf } from './errors.js';
import type { Hook, HookKind, HookState } from './hooks.js';
import type { Runtime } from './runtime.js';

/** The hooks of one kind. Most configurations have none, and need not be read for that. */
async function hooksIn(config: string, kind: HookKind): Promise<readonly Hook[]> {
  if (!config.toLowerCase().includes(kind)) return [];
  const { readConfig } = await import('../oci/validate.js');
  return readConfig(config).value.hooks?.[kind] ?? [];
}

/** Run the hooks of a container that runs. @throws HookError for the first that fails */
export async function runPoststart(config: string, state: HookState): Promise<void> {
  const hooks = await hooksIn(config, 'poststart');
  if (hooks.length === 0) return;
  const { runHooks } = await import('./hooks.js');
  runHooks('poststart', hooks, state);
}

/** Run the hooks of a container that has been deleted; one that fails is only told. */
export async function runPoststop(runtime: Runtime, config: string, state: HookState): Promise<void> {
  try {
    const hooks = await hooksIn(config, 'poststop');
    if (hooks.length === 0) return;
    const { runHooks } = await import('./hooks.js');
    for (const line of runHooks('poststop', hooks, state)) runtime.report.warn(line);
  } catch (error) {
    runtime.report.warn(`poststop hooks: ${reasonOf(error)}`);
  }
}
