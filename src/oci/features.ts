/** What `tvisor features` prints (features.md of the runtime specification): what this runtime does, without starting anything. */
import { MOUNT_OPTIONS } from './mount-options.js';
import {
  CAPABILITIES,
  NAMESPACES,
  SECCOMP_ACTIONS,
  SECCOMP_ARCHITECTURES,
  SECCOMP_FLAGS,
  SECCOMP_OPERATORS,
} from './names.js';
import { HOOKS } from './validate.js';

/** The version of the specification that is followed; also that of `state`. */
export const OCI_VERSION = '1.3.0';

/** Guests of other architectures than the host's do not run. */
const ARCHITECTURES = ['SCMP_ARCH_X86_64'];

/** @returns the object that is printed as JSON */
export function features(): object {
  return {
    ociVersionMin: '1.0.0',
    ociVersionMax: OCI_VERSION,
    hooks: HOOKS,
    mountOptions: MOUNT_OPTIONS,
    linux: {
      // Guests have no time namespaces.
      namespaces: NAMESPACES.filter((type) => type !== 'time'),
      capabilities: [...CAPABILITIES.keys()],
      cgroup: { v1: true, v2: true, systemd: false, systemdUser: false, rdma: false },
      seccomp: {
        enabled: true,
        actions: SECCOMP_ACTIONS,
        operators: SECCOMP_OPERATORS,
        archs: SECCOMP_ARCHITECTURES.filter((name) => ARCHITECTURES.includes(name)),
        knownFlags: SECCOMP_FLAGS,
        supportedFlags: SECCOMP_FLAGS,
      },
      apparmor: { enabled: false },
      selinux: { enabled: false },
      intelRdt: { enabled: false },
      memoryPolicy: { modes: [], flags: [] },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: false },
    },
    annotations: {},
  };
}
