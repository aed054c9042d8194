/** Checks config.json, and the two smaller files that commands read: process.json of `exec`, resources of `update`. */
import * as v from 'valibot';
import { checkLinux } from './check-linux.js';
import { checkMounts } from './check-mounts.js';
import { checkEnv, checkProcess } from './check-process.js';
import { checkResources } from './check-resources.js';
import { parseJson } from './json.js';
import { ConfigError, member, quoted, Report } from './report.js';
import { configSchema, processSchema, resourcesSchema } from './schema.js';
import type { OciConfig, OciHooks, OciProcess, OciResources } from './types.js';

export { ConfigError } from './report.js';

/** What was read, and what of it is not done although it is no mistake: one line each. */
export interface Checked<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

/** A field's path as people write it: `linux.namespaces[2].type`. */
function fieldOf(issue: v.BaseIssue<unknown>, root: string): string {
  let field = root;
  for (const { key } of issue.path ?? []) {
    if (typeof key === 'number') field += `[${key}]`;
    else if (field === '') field = String(key);
    else field = member(field, String(key));
  }
  return field;
}

/** @param root how the whole is called in messages; '' for config.json itself */
function parse<T extends v.GenericSchema>(schema: T, text: string, root: string): v.InferOutput<T> {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new ConfigError([`not JSON: ${oneLine(error)}`]);
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  throw new ConfigError(
    result.issues.map((issue) => {
      const field = fieldOf(issue, root);
      return field === '' ? issue.message : `${field}: ${issue.message}`;
    }),
  );
}

/** V8 quotes the text with its line breaks. */
function oneLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replace(/\s+/g, ' ');
}

function checkVersion({ ociVersion }: OciConfig, report: Report): void {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.exec(ociVersion);
  if (match === null) report.mistake('ociVersion', `must be a version like 1.0.2, not ${quoted(ociVersion)}`);
  else if (match[1] !== '1') report.mistake('ociVersion', `${ociVersion} is not supported: must be 1.x.y`);
}

/** The stages of a container's life at which programs of the operator's run. */
export const HOOKS = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const satisfies readonly (keyof OciHooks)[];

function checkHooks(hooks: OciHooks, report: Report): void {
  for (const stage of HOOKS) {
    for (const [i, hook] of (hooks[stage] ?? []).entries())
      checkEnv(`hooks.${stage}[${i}].env`, hook.env ?? [], report);
  }
}

function checkNames(
  { hostname = '', domainname = '', annotations = {}, linux }: OciConfig,
  report: Report,
): void {
  // __NEW_UTS_LEN
  for (const [field, name] of Object.entries({ hostname, domainname })) {
    if (Buffer.byteLength(name) > 64) report.mistake(field, 'must not be longer than 64 bytes');
  }
  const domainSetting = linux?.sysctl?.['kernel.domainname'];
  if (domainname !== '' && domainSetting !== undefined && domainSetting !== domainname)
    report.mistake(
      'domainname',
      `is another one than linux.sysctl["kernel.domainname"] (${quoted(domainSetting)})`,
    );
  if (Object.hasOwn(annotations, '')) report.mistake('annotations[""]', 'must have a name');
}

/** Other systems' parts: a configuration for those is not one for this runtime; `vm` only says how a machine would be made. */
function checkPlatforms(config: OciConfig, report: Report): void {
  for (const system of ['solaris', 'windows', 'zos', 'freebsd']) {
    if (config[system] !== undefined)
      report.mistake(system, 'is for another system: this runtime knows linux');
  }
  if (config['vm'] !== undefined) report.warn('vm', 'is ignored: there is no virtual machine');
}

/**
 * Reads the text of config.json.
 *
 * @throws ConfigError with one line for each mistake, beginning with the field
 */
export function readConfig(text: string): Checked<OciConfig> {
  const value = parse(configSchema, text, '');
  const report = new Report();
  checkVersion(value, report);
  checkProcess('process', value.process, report);
  if (value.root.path === '') report.mistake('root.path', 'must not be empty');
  checkNames(value, report);
  checkMounts(value.mounts ?? [], report);
  checkHooks(value.hooks ?? {}, report);
  if (value.linux !== undefined) checkLinux(value.linux, report);
  checkPlatforms(value, report);
  report.judge();
  return { value, warnings: report.warnings };
}

/**
 * Reads the text of a file that `exec --process` names: `process` of config.json alone.
 *
 * @throws ConfigError
 */
export function readProcess(text: string): Checked<OciProcess> {
  const value = parse(processSchema, text, 'process');
  const report = new Report();
  checkProcess('process', value, report);
  report.judge();
  return { value, warnings: report.warnings };
}

/**
 * Reads the text that `update --resources` names: `linux.resources` of config.json alone.
 *
 * @throws ConfigError
 */
export function readResources(text: string): Checked<OciResources> {
  const value = parse(resourcesSchema, text, 'resources');
  const report = new Report();
  checkResources('resources', value, report, true);
  report.judge();
  return { value, warnings: report.warnings };
}
