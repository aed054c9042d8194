/** A configuration that is right, and ways to make it wrong. */

/** As podman and containerd write it, with every part that has rules. */
export function goodConfig(): Record<string, unknown> {
  return {
    ociVersion: '1.0.2-dev',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0, umask: 18, additionalGids: [0] },
      args: ['sh'],
      env: ['PATH=/usr/bin:/bin', 'EMPTY='],
      cwd: '/',
      capabilities: { bounding: ['CAP_KILL'], effective: ['CAP_KILL'], permitted: ['CAP_KILL'] },
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1048576, soft: 1024 }],
      noNewPrivileges: true,
      oomScoreAdj: 100,
      scheduler: { policy: 'SCHED_OTHER', nice: 5 },
      ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 4 },
    },
    root: { path: 'rootfs', readonly: true },
    hostname: 'host',
    domainname: 'domain',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/data', type: 'bind', source: '/tmp', options: ['rbind', 'rprivate'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['newinstance', 'ptmxmode=0666', 'gid=5'],
      },
    ],
    hooks: { prestart: [{ path: '/bin/true', args: ['true'], env: ['A=b'], timeout: 5 }] },
    annotations: { 'org.example.any': 'thing' },
    linux: {
      namespaces: [
        { type: 'pid' },
        { type: 'network', path: '/proc/self/ns/net' },
        { type: 'user' },
        { type: 'ipc' },
        { type: 'uts' },
      ],
      uidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
      gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
      cgroupsPath: '/a/b',
      devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 438 }],
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        memory: { limit: 1 << 26, swap: 1 << 27, swappiness: 60 },
        cpu: { shares: 1024, quota: 50000, period: 100000, cpus: '0-1' },
        pids: { limit: 100 },
        blockIO: { weight: 10, weightDevice: [{ major: 8, minor: 0, weight: 10 }] },
        hugepageLimits: [{ pageSize: '2MB', limit: 0 }],
        network: { classID: 1, priorities: [{ name: 'eth0', priority: 5 }] },
        unified: { 'memory.high': '1000' },
      },
      sysctl: {
        'net.ipv4.ip_unprivileged_port_start': '0',
        'kernel.msgmax': '8192',
        'kernel.domainname': 'domain',
      },
      rootfsPropagation: 'rslave',
      maskedPaths: ['/proc/kcore'],
      readonlyPaths: ['/proc/sys'],
      seccomp: {
        defaultAction: 'SCMP_ACT_ERRNO',
        defaultErrnoRet: 38,
        architectures: ['SCMP_ARCH_X86_64'],
        syscalls: [
          {
            names: ['clone'],
            action: 'SCMP_ACT_ALLOW',
            args: [{ index: 0, value: 2114060288, op: 'SCMP_CMP_MASKED_EQ' }],
          },
        ],
      },
    },
  };
}

/** Where a value goes, by the members on the way; undefined as the value takes it away. */
export type Mistake = readonly [way: readonly (string | number)[], value: unknown, message: string];

/** Every one of these makes `goodConfig` wrong, and is told in these words. */
export const MISTAKES: readonly Mistake[] = [
  [['ociVersion'], undefined, 'ociVersion: is missing'],
  [['ociVersion'], 1, 'ociVersion: must be text, not 1'],
  [['ociVersion'], 'latest', 'ociVersion: must be a version like 1.0.2, not "latest"'],
  [['ociVersion'], '2.0.0', 'ociVersion: 2.0.0 is not supported: must be 1.x.y'],
  [['process'], undefined, 'process: is missing'],
  [['process'], [], 'process: must be an object, not a list'],
  [['process', 'args'], undefined, 'process.args: is missing'],
  [['process', 'args'], [], 'process.args: must have at least one item'],
  [['process', 'args'], 'sh', 'process.args: must be a list, not "sh"'],
  [['process', 'args', 0], '', 'process.args[0]: must not be empty'],
  [['process', 'args', 1], 7, 'process.args[1]: must be text, not 7'],
  [['process', 'args', 1], 'a\0b', 'process.args[1]: must not contain a NUL character'],
  [['process', 'cwd'], undefined, 'process.cwd: is missing'],
  [['process', 'cwd'], 'tmp', 'process.cwd: must be an absolute path, not "tmp"'],
  [['process', 'env', 1], 'NAME', 'process.env[1]: must be NAME=value, not "NAME"'],
  [['process', 'env', 0], '=value', 'process.env[0]: must be NAME=value, not "=value"'],
  [['process', 'terminal'], 'yes', 'process.terminal: must be true or false, not "yes"'],
  [['process', 'consoleSize'], { width: 80 }, 'process.consoleSize.height: is missing'],
  [
    ['process', 'consoleSize'],
    { width: 80, height: 1e6 },
    'process.consoleSize.height: must be a whole number from 0 to 65535, not 1000000',
  ],
  [['process', 'user', 'uid'], -1, 'process.user.uid: must be a whole number from 0 to 4294967295, not -1'],
  [['process', 'user', 'uid'], 'root', 'process.user.uid: must be a whole number, not "root"'],
  [['process', 'user', 'gid'], 1.5, 'process.user.gid: must be a whole number, not 1.5'],
  [
    ['process', 'user', 'gid'],
    2 ** 32,
    'process.user.gid: must be a whole number from 0 to 4294967295, not 4294967296',
  ],
  [['process', 'user', 'umask'], 512, 'process.user.umask: must be a whole number from 0 to 511, not 512'],
  [
    ['process', 'user', 'additionalGids', 0],
    null,
    'process.user.additionalGids[0]: must be a whole number, not null',
  ],
  [['process', 'capabilities'], ['CAP_KILL'], 'process.capabilities: must be an object, not a list'],
  [
    ['process', 'capabilities', 'ambient'],
    'CAP_KILL',
    'process.capabilities.ambient: must be a list, not "CAP_KILL"',
  ],
  [
    ['process', 'rlimits', 0, 'type'],
    'RLIMIT_FOO',
    'process.rlimits[0].type: unknown resource limit "RLIMIT_FOO"',
  ],
  [['process', 'rlimits', 0, 'hard'], undefined, 'process.rlimits[0].hard: is missing'],
  [
    ['process', 'rlimits', 0, 'soft'],
    2 ** 30,
    'process.rlimits[0].soft: must not be above the hard limit (1073741824 > 1048576)',
  ],
  [
    ['process', 'rlimits', 0, 'soft'],
    -1,
    'process.rlimits[0].soft: must be a whole number from 0 to 18446744073709551615, not -1',
  ],
  [
    ['process', 'rlimits', 1],
    { type: 'RLIMIT_NOFILE', soft: 1, hard: 1 },
    'process.rlimits[1].type: RLIMIT_NOFILE is there twice',
  ],
  [
    ['process', 'oomScoreAdj'],
    1001,
    'process.oomScoreAdj: must be a whole number from -1000 to 1000, not 1001',
  ],
  [
    ['process', 'scheduler', 'policy'],
    'SCHED_FAST',
    'process.scheduler.policy: unknown scheduling policy "SCHED_FAST"',
  ],
  [
    ['process', 'scheduler', 'nice'],
    20,
    'process.scheduler.nice: must be a whole number from -20 to 19, not 20',
  ],
  [['process', 'scheduler', 'priority'], 1, 'process.scheduler.priority: must be 0 for SCHED_OTHER'],
  [
    ['process', 'scheduler'],
    { policy: 'SCHED_FIFO' },
    'process.scheduler.priority: must be from 1 to 99 for SCHED_FIFO',
  ],
  [
    ['process', 'scheduler'],
    { policy: 'SCHED_DEADLINE', runtime: 1, deadline: 2, period: 3 },
    'process.scheduler.policy: SCHED_DEADLINE is not supported',
  ],
  [['process', 'scheduler', 'flags'], ['X'], 'process.scheduler.flags[0]: unknown scheduling flag "X"'],
  [
    ['process', 'scheduler', 'runtime'],
    5,
    'process.scheduler.runtime: runtime, deadline and period are for SCHED_DEADLINE only',
  ],
  [['process', 'ioPriority', 'class'], 'FAST', 'process.ioPriority.class: unknown I/O priority class "FAST"'],
  [
    ['process', 'ioPriority', 'priority'],
    8,
    'process.ioPriority.priority: must be a whole number from 0 to 7, not 8',
  ],
  [
    ['process', 'execCPUAffinity'],
    { initial: 'all' },
    'process.execCPUAffinity.initial: must be a list like 0-3,7, not "all"',
  ],
  [['root'], undefined, 'root: is missing'],
  [['root', 'path'], undefined, 'root.path: is missing'],
  [['root', 'path'], '', 'root.path: must not be empty'],
  [['root', 'readonly'], 1, 'root.readonly: must be true or false, not 1'],
  [['hostname'], 'h'.repeat(65), 'hostname: must not be longer than 64 bytes'],
  [['domainname'], 5, 'domainname: must be text, not 5'],
  [['mounts'], {}, 'mounts: must be a list, not an object'],
  [['mounts', 0], 'proc', 'mounts[0]: must be an object, not "proc"'],
  [['mounts', 0, 'destination'], undefined, 'mounts[0].destination: is missing'],
  [['mounts', 0, 'destination'], '', 'mounts[0].destination: must not be empty'],
  [['mounts', 0, 'destination'], '/a\0', 'mounts[0].destination: must not contain a NUL character'],
  [
    ['mounts', 0, 'type'],
    undefined,
    'mounts[0].type: is missing: only a mount with the option bind or rbind has none',
  ],
  [['mounts', 0, 'type'], 'ntfs', 'mounts[0].type: unknown file system "ntfs"'],
  [['mounts', 0, 'options'], ['hidepid=9'], 'mounts[0].options[0]: option "hidepid=9" of proc: bad value'],
  [['mounts', 1, 'options', 1], 'modes=755', 'mounts[1].options[1]: unknown option "modes=755" of tmpfs'],
  [['mounts', 1, 'options', 1], 'mode=9', 'mounts[1].options[1]: option "mode=9" of tmpfs: bad value'],
  [['mounts', 1, 'options', 2], 'size', 'mounts[1].options[2]: option size of tmpfs needs a value'],
  [
    ['mounts', 3, 'options', 0],
    'newinstance=1',
    'mounts[3].options[0]: option newinstance of devpts has no value',
  ],
  [['mounts', 1, 'options', 0], 3, 'mounts[1].options[0]: must be text, not 3'],
  [['mounts', 0, 'options'], ['tmpcopyup'], 'mounts[0].options: tmpcopyup is for tmpfs only'],
  [['mounts', 0, 'options'], ['idmap'], 'mounts[0].options: ids are mapped for bind mounts only'],
  [['mounts', 2, 'source'], undefined, 'mounts[2].source: is missing: a bind mount needs one'],
  [
    ['mounts', 2, 'uidMappings'],
    [{ containerID: 0, hostID: 0, size: 1 }],
    'mounts[2].gidMappings: is missing: both or none',
  ],
  [['hooks'], [], 'hooks: must be an object, not a list'],
  [['hooks', 'prestart', 0, 'path'], 'true', 'hooks.prestart[0].path: must be an absolute path, not "true"'],
  [['hooks', 'prestart', 0, 'path'], undefined, 'hooks.prestart[0].path: is missing'],
  [
    ['hooks', 'prestart', 0, 'timeout'],
    -1,
    'hooks.prestart[0].timeout: must be a whole number from 1 to 2147483647, not -1',
  ],
  [
    ['hooks', 'prestart', 0, 'timeout'],
    0,
    'hooks.prestart[0].timeout: must be a whole number from 1 to 2147483647, not 0',
  ],
  [['hooks', 'prestart', 0, 'env', 0], 'A', 'hooks.prestart[0].env[0]: must be NAME=value, not "A"'],
  [['hooks', 'poststop'], {}, 'hooks.poststop: must be a list, not an object'],
  [['annotations'], [], 'annotations: must be an object, not a list'],
  [['annotations', 'a.b'], 1, 'annotations["a.b"]: must be text, not 1'],
  [['annotations', ''], 'x', 'annotations[""]: must have a name'],
  [['linux'], 'yes', 'linux: must be an object, not "yes"'],
  [['linux', 'namespaces', 2, 'type'], 'foo', 'linux.namespaces[2].type: unknown namespace "foo"'],
  [['linux', 'namespaces', 3], { type: 'pid' }, 'linux.namespaces[3].type: "pid" is there twice'],
  [
    ['linux', 'namespaces', 1, 'path'],
    'netns',
    'linux.namespaces[1].path: must be an absolute path, not "netns"',
  ],
  [
    ['linux', 'namespaces', 2],
    { type: 'cgroup' },
    'linux.uidMappings: needs a user namespace in linux.namespaces',
  ],
  [['linux', 'uidMappings', 0, 'size'], 0, 'linux.uidMappings[0].size: must be above 0'],
  [
    ['linux', 'uidMappings', 0, 'hostID'],
    2 ** 32 - 1,
    'linux.uidMappings[0].size: reaches beyond the last id, 4294967295',
  ],
  [
    ['linux', 'uidMappings', 1],
    { containerID: 9, hostID: 5000, size: 1 },
    'linux.uidMappings[1].containerID: overlaps with linux.uidMappings[0]',
  ],
  [
    ['linux', 'gidMappings', 1],
    { containerID: 20, hostID: 999, size: 2 },
    'linux.gidMappings[1].hostID: overlaps with linux.gidMappings[0]',
  ],
  [['linux', 'gidMappings', 0, 'containerID'], undefined, 'linux.gidMappings[0].containerID: is missing'],
  [['linux', 'cgroupsPath'], '/a/../../b', 'linux.cgroupsPath: must not have ".." in it'],
  [
    ['linux', 'devices', 0, 'path'],
    'dev/fuse',
    'linux.devices[0].path: must be an absolute path, not "dev/fuse"',
  ],
  [['linux', 'devices', 0, 'type'], 'x', 'linux.devices[0].type: unknown type of device "x"'],
  [['linux', 'devices', 0, 'major'], undefined, 'linux.devices[0].major: is missing'],
  [
    ['linux', 'devices', 0, 'minor'],
    -1,
    'linux.devices[0].minor: must be a whole number from 0 to 4294967295, not -1',
  ],
  [
    ['linux', 'devices', 1],
    { path: '/dev/fuse', type: 'b', major: 1, minor: 1 },
    'linux.devices[1].path: "/dev/fuse" is another device, too',
  ],
  [['linux', 'resources', 'devices', 0, 'allow'], undefined, 'linux.resources.devices[0].allow: is missing'],
  [
    ['linux', 'resources', 'devices', 0, 'access'],
    'rwx',
    'linux.resources.devices[0].access: must be made of r, w and m, not "rwx"',
  ],
  [
    ['linux', 'resources', 'devices', 0, 'type'],
    'd',
    'linux.resources.devices[0].type: unknown type of device "d"',
  ],
  [
    ['linux', 'resources', 'memory', 'limit'],
    -2,
    'linux.resources.memory.limit: must be a whole number from -1 to 9223372036854775807, not -2',
  ],
  [
    ['linux', 'resources', 'memory', 'swap'],
    1024,
    'linux.resources.memory.swap: counts memory and swap together and must not be below the limit (1024 < 67108864)',
  ],
  [
    ['linux', 'resources', 'memory', 'limit'],
    undefined,
    'linux.resources.memory.swap: needs a limit of the memory, too',
  ],
  [
    ['linux', 'resources', 'memory', 'reservation'],
    2 ** 40,
    'linux.resources.memory.reservation: must not be above the limit (1099511627776 > 67108864)',
  ],
  [
    ['linux', 'resources', 'memory', 'swappiness'],
    101,
    'linux.resources.memory.swappiness: must be a whole number from 0 to 100, not 101',
  ],
  [['linux', 'resources', 'cpu', 'quota'], 10, 'linux.resources.cpu.quota: must be at least 1000, not 10'],
  [
    ['linux', 'resources', 'cpu', 'period'],
    2e6,
    'linux.resources.cpu.period: must be from 1000 to 1000000, not 2000000',
  ],
  [
    ['linux', 'resources', 'cpu', 'burst'],
    60000,
    'linux.resources.cpu.burst: must not be above the quota (60000 > 50000)',
  ],
  [
    ['linux', 'resources', 'cpu', 'cpus'],
    '3-1',
    'linux.resources.cpu.cpus: must be a list like 0-3,7, not "3-1"',
  ],
  [
    ['linux', 'resources', 'cpu', 'shares'],
    '1024',
    'linux.resources.cpu.shares: must be a whole number, not "1024"',
  ],
  [
    ['linux', 'resources', 'cpu', 'idle'],
    2,
    'linux.resources.cpu.idle: must be a whole number from 0 to 1, not 2',
  ],
  [
    ['linux', 'resources', 'pids', 'limit'],
    -5,
    'linux.resources.pids.limit: must be a whole number from -1 to 9223372036854775807, not -5',
  ],
  [
    ['linux', 'resources', 'blockIO', 'weight'],
    5,
    'linux.resources.blockIO.weight: must be from 10 to 1000, not 5',
  ],
  [
    ['linux', 'resources', 'blockIO', 'weightDevice', 0, 'weight'],
    1001,
    'linux.resources.blockIO.weightDevice[0].weight: must be a whole number from 0 to 1000, not 1001',
  ],
  [
    ['linux', 'resources', 'hugepageLimits', 0, 'pageSize'],
    '2M',
    'linux.resources.hugepageLimits[0].pageSize: must be a size like 2MB, not "2M"',
  ],
  [
    ['linux', 'resources', 'hugepageLimits', 1],
    { pageSize: '2MB', limit: 1 },
    'linux.resources.hugepageLimits[1].pageSize: 2MB is there twice',
  ],
  [
    ['linux', 'resources', 'network', 'priorities', 0, 'name'],
    '',
    'linux.resources.network.priorities[0].name: must not be empty',
  ],
  [
    ['linux', 'resources', 'unified', '../x'],
    '1',
    'linux.resources.unified["../x"]: is not the name of a file of a control group',
  ],
  [['linux', 'sysctl', 'kernel.panic'], '1', 'linux.sysctl["kernel.panic"]: is not a setting of a namespace'],
  [['linux', 'sysctl', 'kernel.hostname'], 'x', 'linux.sysctl["kernel.hostname"]: is what hostname is for'],
  [['linux', 'sysctl', 'kernel.msgmax'], 8192, 'linux.sysctl["kernel.msgmax"]: must be text, not 8192'],
  [
    ['linux', 'namespaces', 1],
    { type: 'cgroup' },
    'linux.sysctl["net.ipv4.ip_unprivileged_port_start"]: needs a namespace of type network in linux.namespaces',
  ],
  [
    ['linux', 'namespaces', 3],
    { type: 'cgroup' },
    'linux.sysctl["kernel.msgmax"]: needs a namespace of type ipc in linux.namespaces',
  ],
  [
    ['linux', 'namespaces', 4],
    { type: 'cgroup' },
    'linux.sysctl["kernel.domainname"]: needs a namespace of type uts in linux.namespaces',
  ],
  [['domainname'], 'other', 'domainname: is another one than linux.sysctl["kernel.domainname"] ("domain")'],
  [['linux', 'rootfsPropagation'], 'both', 'linux.rootfsPropagation: unknown propagation "both"'],
  [
    ['linux', 'maskedPaths', 0],
    'proc/kcore',
    'linux.maskedPaths[0]: must be an absolute path, not "proc/kcore"',
  ],
  [['linux', 'readonlyPaths', 1], 'x', 'linux.readonlyPaths[1]: must be an absolute path, not "x"'],
  [['linux', 'seccomp', 'defaultAction'], undefined, 'linux.seccomp.defaultAction: is missing'],
  [
    ['linux', 'seccomp', 'defaultAction'],
    'SCMP_ACT_NO',
    'linux.seccomp.defaultAction: unknown action "SCMP_ACT_NO"',
  ],
  [
    ['linux', 'seccomp', 'defaultAction'],
    'SCMP_ACT_NOTIFY',
    'linux.seccomp.defaultAction: SCMP_ACT_NOTIFY: there is no agent that could be asked',
  ],
  [
    ['linux', 'seccomp', 'defaultErrnoRet'],
    4096,
    'linux.seccomp.defaultErrnoRet: must be a whole number from 0 to 4095, not 4096',
  ],
  [
    ['linux', 'seccomp', 'architectures', 0],
    'VAX',
    'linux.seccomp.architectures[0]: unknown architecture "VAX"',
  ],
  [['linux', 'seccomp', 'flags'], ['X'], 'linux.seccomp.flags[0]: unknown flag "X"'],
  [
    ['linux', 'seccomp', 'listenerPath'],
    '/run/s',
    'linux.seccomp.listenerPath: there is no agent that could be asked',
  ],
  [
    ['linux', 'seccomp', 'syscalls', 0, 'action'],
    'ALLOW',
    'linux.seccomp.syscalls[0].action: unknown action "ALLOW"',
  ],
  [
    ['linux', 'seccomp', 'syscalls', 0, 'names'],
    [],
    'linux.seccomp.syscalls[0].names: must have at least one item',
  ],
  [
    ['linux', 'seccomp', 'syscalls', 0, 'args', 0, 'op'],
    'SCMP_CMP_IS',
    'linux.seccomp.syscalls[0].args[0].op: unknown operator "SCMP_CMP_IS"',
  ],
  [
    ['linux', 'seccomp', 'syscalls', 0, 'args', 0, 'index'],
    6,
    'linux.seccomp.syscalls[0].args[0].index: must be a whole number from 0 to 5, not 6',
  ],
  [['linux', 'personality'], { domain: 'BSD' }, 'linux.personality.domain: unknown execution domain "BSD"'],
  [['linux', 'intelRdt'], {}, 'linux.intelRdt: is not supported'],
  [['linux', 'memoryPolicy'], {}, 'linux.memoryPolicy: is not supported'],
  [['linux', 'netDevices'], { eth0: {} }, 'linux.netDevices.eth0: is not supported'],
  [['linux', 'timeOffsets'], { monotonic: { secs: 5 } }, 'linux.timeOffsets.monotonic: is not supported'],
  [
    ['linux', 'timeOffsets'],
    { realtime: { secs: 5 } },
    'linux.timeOffsets.realtime: is not a clock of a time namespace',
  ],
  [['windows'], {}, 'windows: is for another system: this runtime knows linux'],
];

type Node = Record<string | number, unknown>;

/** The text of `goodConfig` with one value put elsewhere or taken away. */
export function mistaken(way: readonly (string | number)[], value: unknown): string {
  const config = goodConfig();
  let at = config as Node;
  for (const step of way.slice(0, -1)) at = at[step] as Node;
  const last = way.at(-1) as string | number;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(config);
}
