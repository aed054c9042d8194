/**
 * config.json of the OCI runtime specification 1.3 as a schema: what each field may hold. What fields mean together is checked in
 * check-*.ts. Members that are not named here are kept and never a mistake.
 */
import { IO_PRIORITIES, NAMESPACES, RLIMITS, SCHEDULER_FLAGS, SCHEDULERS } from './names.js';
import { device, mapping, resources, seccomp } from './schema-linux.js';
import {
  absolutePath,
  flag,
  id32,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  optional,
  text,
  uint64,
} from './schema-values.js';

export { resources as resourcesSchema } from './schema-linux.js';

const hook = object({
  path: absolutePath,
  args: optional(list(text)),
  env: optional(list(text)),
  timeout: optional(integer(1, 2 ** 31 - 1)),
});
const hookList = optional(list(hook));
const hooks = object({
  prestart: hookList,
  createRuntime: hookList,
  createContainer: hookList,
  startContainer: hookList,
  poststart: hookList,
  poststop: hookList,
});

const user = object({
  // Go leaves zeros out.
  uid: optional(id32),
  gid: optional(id32),
  umask: optional(integer(0, 0o777)),
  additionalGids: optional(list(id32)),
  username: optional(text),
});

const names = optional(list(text));
const capabilities = object({
  bounding: names,
  effective: names,
  permitted: names,
  inheritable: names,
  ambient: names,
});

const scheduler = object({
  policy: oneOf('scheduling policy', SCHEDULERS.keys()),
  nice: optional(integer(-20, 19)),
  priority: optional(integer(0, 99)),
  flags: optional(list(oneOf('scheduling flag', SCHEDULER_FLAGS.keys()))),
  runtime: optional(uint64),
  deadline: optional(uint64),
  period: optional(uint64),
});

export const processSchema = object({
  terminal: optional(flag),
  consoleSize: optional(object({ height: integer(0, 65535), width: integer(0, 65535) })),
  user: optional(user),
  args: list(text),
  env: names,
  cwd: absolutePath,
  capabilities: optional(capabilities),
  rlimits: optional(
    list(object({ type: oneOf('resource limit', RLIMITS.keys()), soft: uint64, hard: uint64 })),
  ),
  noNewPrivileges: optional(flag),
  oomScoreAdj: optional(integer(-1000, 1000)),
  apparmorProfile: optional(text),
  selinuxLabel: optional(text),
  scheduler: optional(scheduler),
  ioPriority: optional(
    object({
      class: oneOf('I/O priority class', IO_PRIORITIES.keys()),
      priority: optional(integer(0, 7)),
    }),
  ),
  execCPUAffinity: optional(object({ initial: optional(text), final: optional(text) })),
});

const mappings = optional(list(mapping));

const mount = object({
  destination: text,
  type: optional(text),
  source: optional(text),
  options: names,
  uidMappings: mappings,
  gidMappings: mappings,
});

const timeOffset = object({
  secs: optional(integer(-(2n ** 63n), 2n ** 63n - 1n)),
  nanosecs: optional(integer(0, 999_999_999)),
});

const linux = object({
  namespaces: optional(list(object({ type: oneOf('namespace', NAMESPACES), path: optional(text) }))),
  uidMappings: mappings,
  gidMappings: mappings,
  timeOffsets: optional(mapOf(timeOffset)),
  devices: optional(list(device)),
  netDevices: optional(mapOf(object({ name: optional(text) }))),
  cgroupsPath: optional(text),
  resources: optional(resources),
  rootfsPropagation: optional(text),
  seccomp: optional(seccomp),
  sysctl: optional(mapOf(text)),
  maskedPaths: optional(list(absolutePath)),
  readonlyPaths: optional(list(absolutePath)),
  mountLabel: optional(text),
  intelRdt: optional(object({})),
  memoryPolicy: optional(object({})),
  personality: optional(
    object({ domain: oneOf('execution domain', ['LINUX', 'LINUX32']), flags: optional(list(text)) }),
  ),
});

export const configSchema = object({
  ociVersion: text,
  process: processSchema,
  root: object({ path: text, readonly: optional(flag) }),
  hostname: optional(text),
  domainname: optional(text),
  mounts: optional(list(mount)),
  hooks: optional(hooks),
  annotations: optional(mapOf(text)),
  linux: optional(linux),
});
