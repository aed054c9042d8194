/** What every command of the runtime has: the flags before it, where state is kept, and where to report. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RuntimeContext } from '../runtime/settings.js';
import { type GlobalFlags, globalFlags, overriddenFlags } from './flags/global.js';
import type { Report } from './report.js';

export interface CommandContext extends RuntimeContext {
  readonly flags: GlobalFlags;
}

/** Where the state of containers is without --root: what runc does, by our name. */
export function defaultRoot(env: Readonly<NodeJS.ProcessEnv>, uid: number): string {
  const { XDG_RUNTIME_DIR: runtimeDir } = env;
  return uid !== 0 && runtimeDir ? join(runtimeDir, 'tvisor') : '/run/tvisor';
}

let report: Report | undefined;

/** The program's report, once its flags are known. */
export function setReport(value: Report): void {
  report = value;
}

/**
 * The context of a command that is being run.
 *
 * @param command the one whose action this is
 * @throws UsageError for a global flag that is not right
 */
export function contextOf(command: Command): CommandContext {
  const values = command.parent?.opts() ?? {};
  const flags = globalFlags(values);
  if (report === undefined) throw new Error('no report');
  return {
    flags,
    flagsFor: (annotations) => overriddenFlags(values, annotations),
    report,
    root: flags.root ?? defaultRoot(process.env, process.geteuid?.() ?? 0),
  };
}

/** Whether --root was left out and nothing has been kept there yet: then there are no containers. */
export function isUnused({ flags, root }: CommandContext): boolean {
  return flags.root === undefined && !existsSync(root);
}
