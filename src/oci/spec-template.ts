/** The config.json that `tvisor spec` writes: a shell in a container as engines configure it. */
import type { OciConfig, OciMount } from './types.js';

/** What a new configuration is made with. */
export interface TemplateOptions {
  /** Of who runs a container without being root on the host. */
  readonly rootless?: { readonly uid: number; readonly gid: number };
  /** The program; `sh` without it. */
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Path of the network namespace to join. */
  readonly netns?: string;
}

const CAPABILITIES = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];

const PTS_OPTIONS = ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'];
const SHM_OPTIONS = ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'];
const NO_PROGRAMS = ['nosuid', 'noexec', 'nodev'];

/** Someone without a group 5 cannot give terminals to it, nor mount what belongs to the host. */
function mountsOf(rootless: boolean): OciMount[] {
  const sys: OciMount = rootless
    ? { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', ...NO_PROGRAMS, 'ro'] }
    : { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...NO_PROGRAMS, 'ro'] };
  const cgroup: OciMount = {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: [...NO_PROGRAMS, 'relatime', 'ro'],
  };
  return [
    { destination: '/proc', type: 'proc', source: 'proc' },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: rootless ? PTS_OPTIONS : [...PTS_OPTIONS, 'gid=5'],
    },
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: SHM_OPTIONS },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: NO_PROGRAMS },
    sys,
    ...(rootless ? [] : [cgroup]),
  ];
}

function linuxOf({ rootless, netns }: TemplateOptions): NonNullable<OciConfig['linux']> {
  const network = { type: 'network', ...(netns === undefined ? {} : { path: netns }) };
  const types = ['ipc', 'uts', 'mount', ...(rootless === undefined ? [] : ['user'])];
  return {
    ...(rootless === undefined
      ? { resources: { devices: [{ allow: false, access: 'rwm' }] } }
      : {
          uidMappings: [{ containerID: 0, hostID: rootless.uid, size: 1 }],
          gidMappings: [{ containerID: 0, hostID: rootless.gid, size: 1 }],
        }),
    namespaces: [{ type: 'pid' }, network, ...types.map((type) => ({ type }))],
    maskedPaths: [
      '/proc/acpi',
      '/proc/asound',
      '/proc/kcore',
      '/proc/keys',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/proc/timer_stats',
      '/proc/sched_debug',
      '/sys/firmware',
      '/proc/scsi',
    ],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  };
}

/** A configuration that every runtime of the specification's first version can read, too. */
export function specTemplate(options: TemplateOptions = {}): OciConfig {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: [...(options.args ?? ['sh'])],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
      cwd: options.cwd ?? '/',
      capabilities: {
        bounding: CAPABILITIES,
        effective: CAPABILITIES,
        permitted: CAPABILITIES,
        ambient: CAPABILITIES,
      },
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    hostname: 'tvisor',
    mounts: mountsOf(options.rootless !== undefined),
    linux: linuxOf(options),
  };
}
