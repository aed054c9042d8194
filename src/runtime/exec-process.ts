/** What `exec` runs: the process of config.json with what the command line changes, or one that a file describes. */
import { readFileSync } from 'node:fs';
import { convertProcess, type ProcessDraft } from '../oci/convert-process.js';
import type { OciConfig, OciProcess } from '../oci/types.js';
import { ConfigError, readProcess } from '../oci/validate.js';
import { RuntimeError, reasonOf } from './errors.js';
import type { Runtime } from './runtime.js';

/** What the command line says of the process. */
export interface ExecOverrides {
  /** NAME=value. */
  readonly env: readonly string[];
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid?: number };
  readonly additionalGids: readonly number[];
  /** Names, with or without CAP_. */
  readonly capabilities: readonly string[];
  readonly terminal?: true;
  readonly noNewPrivileges?: true;
}

export interface ExecProcess {
  readonly draft: ProcessDraft;
  readonly terminal: boolean;
}

/** Variables with those of `added` in the place of others of the same name. */
function mergeEnv(base: readonly string[], added: readonly string[]): string[] {
  const nameOf = (entry: string) => entry.slice(0, entry.indexOf('='));
  const names = new Set(added.map(nameOf));
  return [...base.filter((entry) => !names.has(nameOf(entry))), ...added];
}

/** The sets of capabilities with some more in those that count for a program of root's. */
function withCapabilities(
  sets: OciProcess['capabilities'],
  names: readonly string[],
): OciProcess['capabilities'] {
  if (names.length === 0) return sets;
  const more = names.map((name) => `CAP_${name.toUpperCase().replace(/^CAP_/, '')}`);
  const add = (set: readonly string[] = []) => Array.from(new Set([...set, ...more]));
  return {
    ...sets,
    bounding: add(sets?.bounding),
    effective: add(sets?.effective),
    permitted: add(sets?.permitted),
  };
}

function withOverrides(base: OciProcess, overrides: ExecOverrides): OciProcess {
  const { user, cwd, env, additionalGids, capabilities, terminal, noNewPrivileges } = overrides;
  const sets = withCapabilities(base.capabilities, capabilities);
  return {
    ...base,
    env: mergeEnv(base.env ?? [], env),
    user: {
      ...base.user,
      ...(user === undefined ? {} : user),
      additionalGids: [...(base.user?.additionalGids ?? []), ...additionalGids],
    },
    ...(cwd === undefined ? {} : { cwd }),
    ...(sets === undefined ? {} : { capabilities: sets }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(noNewPrivileges === undefined ? {} : { noNewPrivileges }),
  };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RuntimeError(`--process ${path}: ${reasonOf(error)}`);
  }
}

/**
 * The process to run.
 *
 * @param config of the container, as it was created with
 * @param file that describes the process; undefined: `args` with config.json's process
 * @throws RuntimeError that names the field
 */
export function execProcessDraft(
  runtime: Runtime,
  config: OciConfig,
  file: string | undefined,
  args: readonly string[],
  overrides: ExecOverrides,
): ExecProcess {
  // A terminal is asked for each time: that config.json's process has one means nothing.
  const base = { ...config.process, args: [...args], terminal: false };
  const text = JSON.stringify(withOverrides(base, overrides));
  try {
    const { value, warnings } = readProcess(file === undefined ? text : readFile(file));
    for (const warning of warnings) runtime.report.warn(warning);
    const process = file === undefined ? value : withOverrides(value, overrides);
    const { seccomp, ...draft } = convertProcess(process, config);
    return {
      draft: seccomp !== undefined && runtime.settings.ociSeccomp ? { ...draft, seccomp } : draft,
      terminal: process.terminal ?? false,
    };
  } catch (error) {
    if (error instanceof ConfigError) throw new RuntimeError(error.message);
    throw error;
  }
}
