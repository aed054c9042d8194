/** The larger parts of `linux` in config.json: resources, devices, seccomp. */
import {
  SECCOMP_ACTIONS,
  SECCOMP_ARCHITECTURES,
  SECCOMP_FLAGS,
  SECCOMP_NOTIFY,
  SECCOMP_OPERATORS,
} from './names.js';
import {
  absolutePath,
  exact64,
  flag,
  id32,
  integer,
  limit64,
  list,
  mapOf,
  object,
  oneOf,
  optional,
  text,
  uint32,
  uint64,
} from './schema-values.js';

/** One line of a user namespace's uid_map or gid_map. */
export const mapping = object({ containerID: id32, hostID: id32, size: uint32 });

/** Major and minor numbers; -1 stands for any in rules. */
const deviceNumber = integer(-1, 2 ** 32 - 1);

export const device = object({
  type: oneOf('type of device', ['b', 'c', 'p', 'u']),
  path: absolutePath,
  major: optional(integer(0, 2 ** 32 - 1)),
  minor: optional(integer(0, 2 ** 32 - 1)),
  fileMode: optional(uint32),
  uid: optional(id32),
  gid: optional(id32),
});

const deviceRule = object({
  allow: flag,
  type: optional(oneOf('type of device', ['', 'a', 'b', 'c'])),
  major: optional(deviceNumber),
  minor: optional(deviceNumber),
  access: optional(text),
});

const memory = object({
  limit: optional(limit64),
  reservation: optional(limit64),
  swap: optional(limit64),
  kernel: optional(limit64),
  kernelTCP: optional(limit64),
  swappiness: optional(integer(0, 100)),
  disableOOMKiller: optional(flag),
  useHierarchy: optional(flag),
  checkBeforeUpdate: optional(flag),
});

const cpu = object({
  shares: optional(uint64),
  quota: optional(limit64),
  burst: optional(uint64),
  period: optional(uint64),
  realtimeRuntime: optional(limit64),
  realtimePeriod: optional(uint64),
  cpus: optional(text),
  mems: optional(text),
  idle: optional(integer(0, 1)),
});

const throttle = object({ major: uint32, minor: uint32, rate: optional(uint64) });
const weight = optional(integer(0, 1000));

const blockIO = object({
  weight,
  leafWeight: weight,
  weightDevice: optional(list(object({ major: uint32, minor: uint32, weight, leafWeight: weight }))),
  throttleReadBpsDevice: optional(list(throttle)),
  throttleWriteBpsDevice: optional(list(throttle)),
  throttleReadIOPSDevice: optional(list(throttle)),
  throttleWriteIOPSDevice: optional(list(throttle)),
});

export const resources = object({
  devices: optional(list(deviceRule)),
  memory: optional(memory),
  cpu: optional(cpu),
  pids: optional(object({ limit: optional(integer(-1, 2n ** 63n - 1n)) })),
  blockIO: optional(blockIO),
  hugepageLimits: optional(list(object({ pageSize: text, limit: uint64 }))),
  network: optional(
    object({
      classID: optional(uint32),
      priorities: optional(list(object({ name: text, priority: uint32 }))),
    }),
  ),
  rdma: optional(mapOf(object({ hcaHandles: optional(uint32), hcaObjects: optional(uint32) }))),
  unified: optional(mapOf(text)),
});

const action = oneOf('action', [...SECCOMP_ACTIONS, SECCOMP_NOTIFY]);
const errno = integer(0, 4095);

export const seccomp = object({
  defaultAction: action,
  defaultErrnoRet: optional(errno),
  architectures: optional(list(oneOf('architecture', SECCOMP_ARCHITECTURES))),
  flags: optional(list(oneOf('flag', SECCOMP_FLAGS))),
  listenerPath: optional(text),
  listenerMetadata: optional(text),
  syscalls: optional(
    list(
      object({
        names: list(text),
        action,
        errnoRet: optional(errno),
        args: optional(
          list(
            object({
              index: integer(0, 5),
              value: exact64,
              valueTwo: optional(exact64),
              op: oneOf('operator', SECCOMP_OPERATORS),
            }),
          ),
        ),
      }),
    ),
  ),
});
