/** Files directly below /proc: the machine as the guest may know it. Harmless figures are the host's. */

import type { Container } from '../../kernel/container.js';
import type { Kernel } from '../../kernel/kernel.js';
import { RELEASE, VERSION } from '../../kernel/utsname.js';
import { cgroupsText } from '../cgroup/cgroup.js';
import { TextLeaf, type Tree } from '../pseudo.js';
import { cpuinfoText, meminfoText, withoutHiddenCpus } from './container-view.js';
import { keysText, keyUsersText } from './keys.js';
import { sysvipcTree } from './sysvipc.js';

/** Types of file systems that this kernel has. */
export const FILESYSTEM_TYPES: readonly string[] = [
  'sysfs',
  'tmpfs',
  'proc',
  'devpts',
  'overlay',
  'sockfs',
  'pipefs',
  'mqueue',
  'cgroup',
  'cgroup2',
];
const FILESYSTEMS = FILESYSTEM_TYPES.map((n) => `nodev\t${n}\n`).join('');

const DEVICES =
  'Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n';

/** Text of a host file, or '' if it has none. */
function fromHost(kernel: Kernel, name: string): () => string {
  return () => {
    const text = kernel.native.hostProc(-1, name);
    return typeof text === 'string' ? text : '';
  };
}

/** The host's counters with the sandbox's own number of forks and runnable processes. */
function statText(kernel: Kernel): string {
  const running = [...kernel.tasks.values()].filter((t) => t.block === undefined).length;
  return fromHost(kernel, 'stat')()
    .replace(/^intr .*$/m, 'intr 0')
    .replace(/^softirq .*$/m, 'softirq 0 0 0 0 0 0 0 0 0 0 0')
    .replace(/^processes .*$/m, `processes ${kernel.forks + 1}`)
    .replace(/^procs_running .*$/m, `procs_running ${Math.max(1, running)}`)
    .replace(/^procs_blocked .*$/m, 'procs_blocked 0');
}

function loadavgText({ kernel, pids }: Container): string {
  const host = fromHost(kernel, 'loadavg')().split(' ');
  const running = [...kernel.tasks.values()].filter((t) => t.block === undefined).length;
  const last = Math.max(1, ...pids.tasksByTid.keys());
  return `${host.slice(0, 3).join(' ')} ${Math.max(1, running)}/${kernel.tasks.size} ${last}\n`;
}

/** The tree below /proc without processes, sys and net. */
export function machineTree(container: Container): Tree {
  const { kernel } = container;
  return {
    cpuinfo: () => cpuinfoText(container, fromHost(kernel, 'cpuinfo')()),
    meminfo: () => meminfoText(container, fromHost(kernel, 'meminfo')()),
    stat: () => withoutHiddenCpus(container, statText(kernel)),
    uptime: fromHost(kernel, 'uptime'),
    loadavg: () => loadavgText(container),
    keys: new TextLeaf(0o444, { read: (reader) => keysText(kernel, reader) }),
    'key-users': () => keyUsersText(kernel),
    version: `Linux version ${RELEASE} (tvisor) ${VERSION}\n`,
    vmstat: fromHost(kernel, 'vmstat'),
    zoneinfo: fromHost(kernel, 'zoneinfo'),
    filesystems: FILESYSTEMS,
    cmdline: 'quiet\n',
    devices: DEVICES,
    misc: '',
    modules: '',
    partitions: 'major minor  #blocks  name\n\n',
    swaps: 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
    diskstats: '',
    interrupts: fromHost(kernel, 'interrupts'),
    consoles: '',
    cgroups: () => cgroupsText(container),
    sysvipc: sysvipcTree(container),
    fs: {},
    bus: {},
    driver: {},
    irq: {},
    tty: {
      drivers:
        '/dev/tty             /dev/tty        5       0 system:/dev/tty\npty_slave            /dev/pts      136 0-1048575 pty:slave\n',
    },
  };
}
