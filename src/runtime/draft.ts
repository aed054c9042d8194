/** config.json, checked and taken apart, with what the operator's settings change. */
import { type ContainerDraft, convertConfig } from '../oci/convert.js';
import type { OciConfig } from '../oci/types.js';
import { ConfigError, readConfig } from '../oci/validate.js';
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import type { RuntimeSettings } from './settings.js';

export interface Bundle {
  readonly config: OciConfig;
  readonly draft: ContainerDraft;
  readonly settings: RuntimeSettings;
}

/** @throws RuntimeError that names the field */
export function readBundle(runtime: Runtime, text: string, id: string, bundle: string): Bundle {
  try {
    const { value: config, warnings } = readConfig(text);
    for (const warning of warnings) runtime.report.warn(`config.json: ${warning}`);
    const settings = runtime.settingsFor(config.annotations ?? {});
    const draft = keepGroups(adjust(convertConfig(config, id, bundle), settings));
    return { config, draft, settings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const more = error.mistakes.length > 1 ? ` (and ${error.mistakes.length - 1} more)` : '';
    throw new RuntimeError(`config.json: ${error.message}${more}`);
  }
}

/** Asks for the supplementary groups of the caller (crun; `podman run --group-add keep-groups`). */
const KEEP_GROUPS = 'run.oci.keep_original_groups';

function keepGroups(draft: ContainerDraft): ContainerDraft {
  if (draft.annotations[KEEP_GROUPS] !== '1') return draft;
  const { process } = draft;
  const groups = globalThis.process.getgroups?.() ?? [];
  return { ...draft, process: { ...process, additionalGids: [...process.additionalGids, ...groups] } };
}

function adjust(draft: ContainerDraft, { ociSeccomp, cpuNumFromQuota }: RuntimeSettings): ContainerDraft {
  const { seccomp, ...process } = draft.process;
  const { cpus, ...limits } = draft.spec.limits;
  return {
    ...draft,
    process: ociSeccomp ? draft.process : process,
    spec: cpuNumFromQuota ? draft.spec : { ...draft.spec, limits },
  };
}
