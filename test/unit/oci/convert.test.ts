import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as ms from '../../../src/abi/stat.js';
import { podOf } from '../../../src/oci/annotations.js';
import { containerSpec, convertConfig, hostSources, limitsOf } from '../../../src/oci/convert.js';
import { convertProcess } from '../../../src/oci/convert-process.js';
import { features } from '../../../src/oci/features.js';
import { MOUNT_OPTIONS, parseMountOptions } from '../../../src/oci/mount-options.js';
import { readConfig } from '../../../src/oci/validate.js';
import { goodConfig } from './mistakes.js';

const bundle = mkdtempSync(join(tmpdir(), 'tvisor-convert-'));
mkdirSync(join(bundle, 'rootfs'));
writeFileSync(join(bundle, 'hosts'), '');
after(() => rmSync(bundle, { recursive: true }));

const read = (changes: object = {}) => readConfig(JSON.stringify({ ...goodConfig(), ...changes })).value;
const draftOf = (changes: object = {}) => convertConfig(read(changes), 'box', bundle);
const mountsOf = (...mounts: object[]) => draftOf({ mounts }).mounts;

test('root and bind sources are named in order, relative ones in the bundle', () => {
  const draft = draftOf({
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/etc/hosts', type: 'bind', source: 'hosts', options: ['ro', 'bind'] },
      { destination: '/tmp', source: '/tmp', options: ['rbind', 'ro'] },
      { destination: '/all', type: 'rbind', source: '/tmp' },
    ],
  });
  assert.deepEqual(
    hostSources(draft).map(({ path, recursive, directory, field }) => [field, path, recursive, directory]),
    [
      ['root.path', join(bundle, 'rootfs'), true, true],
      ['mounts[1].source', join(bundle, 'hosts'), false, false],
      ['mounts[2].source', '/tmp', true, true],
      ['mounts[3].source', '/tmp', true, true],
    ],
  );
  const spec = containerSpec(draft, {
    sources: [4, 5, 6, 7],
    process: { files: [], stub: 1 },
    namespaces: { pid: 'new', ipc: 'new', uts: 'new' },
    exitFile: 2,
  });
  assert.equal(spec.root.fd, 4);
  assert.deepEqual(
    spec.mounts.map(({ bind }) => bind),
    [undefined, { fd: 5, directory: false }, { fd: 6, directory: true }, { fd: 7, directory: true }],
  );
  assert.doesNotThrow(() => JSON.stringify(spec));
});

test('a root or a source that is not there is told by its field', () => {
  assert.throws(() => draftOf({ root: { path: 'none' } }), {
    message: `root.path: "${bundle}/none": no such file or directory`,
  });
  assert.throws(() => draftOf({ root: { path: 'hosts' } }), {
    message: `root.path: "${bundle}/hosts": not a directory`,
  });
  assert.throws(() => mountsOf({ destination: '/x', type: 'bind', source: '/none/x' }), {
    message: 'mounts[0].source: "/none/x": no such file or directory',
  });
});

test('every option of the specification is known', () => {
  // The list of config.md, without those that mount(8) alone knows.
  const options =
    `acl async atime bind defaults dev diratime dirsync exec idmap iversion lazytime loud mand noacl noatime nodev
    nodiratime noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev
    rdiratime relatime remount rexec ridmap rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate
    rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave strictatime suid
    symfollow sync tmpcopyup unbindable rnodev`.split(/\s+/);
  assert.deepEqual(
    options.filter((word) => !MOUNT_OPTIONS.includes(word)),
    [],
  );
  assert.deepEqual(parseMountOptions(options).data, []);
});

test('options in their order', () => {
  const flags = (...options: string[]) => parseMountOptions(options).flags;
  assert.equal(flags('ro', 'rw', 'nosuid', 'nodev'), ms.MS_NOSUID | ms.MS_NODEV);
  assert.equal(flags('noatime', 'relatime'), ms.MS_RELATIME);
  assert.equal(flags('nodiratime', 'strictatime'), ms.MS_NODIRATIME | ms.MS_STRICTATIME);
  assert.equal(flags('rro', 'rnoexec', 'rexec'), ms.MS_RDONLY);
  const other = parseMountOptions(['rbind', 'rslave', 'shared', 'tmpcopyup', 'size=1k', 'mode=700']);
  assert.deepEqual(other.propagation, [ms.MS_SLAVE | ms.MS_REC, ms.MS_SHARED]);
  assert.deepEqual(other.data, ['size=1k', 'mode=700']);
  assert.ok(other.bind && other.recursive && other.copyUp);
});

test('mounts keep type and source, and destinations are clean', () => {
  const [a, b] = mountsOf(
    { destination: '/a//b/../c/', type: 'tmpfs', source: 'shm', options: ['noexec'] },
    { destination: 'd', type: 'tmpfs' },
  );
  assert.deepEqual(a, {
    destination: '/a/c',
    type: 'tmpfs',
    source: 'shm',
    flags: ms.MS_NOEXEC,
    propagation: [],
    data: [],
    copyUp: false,
    fresh: true,
  });
  assert.equal(b?.destination, '/d');
  assert.equal(b?.source, 'none');
});

test('namespaces to join are there, and of the right type', () => {
  const join = (type: string, path: string) => () =>
    draftOf({ linux: { namespaces: [{ type: 'uts' }, { type, path }] } }).namespaces[1];
  assert.deepEqual(join('network', '/proc/self/ns/net')(), { type: 'network', path: '/proc/self/ns/net' });
  assert.throws(join('network', '/proc/self/ns/ipc'), {
    message: 'linux.namespaces[1].path: "/proc/self/ns/ipc": a namespace of type ipc, not network',
  });
  assert.throws(join('pid', '/etc/passwd'), {
    message: 'linux.namespaces[1].path: "/etc/passwd": not a namespace',
  });
  assert.throws(join('pid', '/none'), {
    message: 'linux.namespaces[1].path: "/none": no such file or directory',
  });
});

test('whether a tmpfs covers something is seen before anything is made', () => {
  symlinkSync('/', join(bundle, 'rootfs/top'));
  symlinkSync('../../top/inside', join(bundle, 'rootfs/link'));
  mkdirSync(join(bundle, 'rootfs/inside/dir'), { recursive: true });
  const fresh = (destination: string) => mountsOf({ destination, type: 'tmpfs' })[0]?.fresh ?? false;
  assert.deepEqual(
    [
      '/inside',
      '/inside/dir',
      '/inside/no',
      '/top/top/inside',
      '/link/dir',
      '/link/../dir',
      '/etc',
      '/tmp',
    ].map(fresh),
    [false, false, true, false, false, true, true, true],
  );
});

test('idmap alone takes the mappings of the container', () => {
  const own = [{ containerID: 0, hostID: 7, size: 1 }];
  const [a, b] = mountsOf(
    { destination: '/a', source: '/tmp', options: ['bind', 'idmap'] },
    { destination: '/b', source: '/tmp', options: ['bind'], uidMappings: own, gidMappings: own },
  );
  assert.deepEqual(a?.uidMappings, [{ containerId: 0, hostId: 1000, size: 10 }]);
  assert.deepEqual(b?.gidMappings, [{ containerId: 0, hostId: 7, size: 1 }]);
});

test('idmap with mappings of its own, of the host and of the container', () => {
  const maps = (word: string) => {
    const [mount] = mountsOf({ destination: '/a', source: '/tmp', options: ['bind', word] });
    return [mount?.uidMappings, mount?.gidMappings].map((list) =>
      list?.map(({ containerId, hostId, size }) => [containerId, hostId, size]),
    );
  };
  // The container's own ids begin at 1000 of the host.
  assert.deepEqual(maps('idmap=uids=0-1-10#20-30-5;gids=0-7-1'), [
    [
      [0, 1, 10],
      [20, 30, 5],
    ],
    [[0, 7, 1]],
  ]);
  assert.deepEqual(maps('ridmap=uids=@0-1-10;gids=+0-1-10'), [[[0, 1001, 10]], [[0, 1, 10]]]);
  assert.throws(() => maps('idmap=uids=0-1;gids=0-1-1'), {
    message:
      'mounts[0].options[1]: must be like idmap=uids=0-1000-10;gids=0-1000-10, not "idmap=uids=0-1;gids=0-1-1"',
  });
});

test('a container without a name of its own has that of the host', () => {
  assert.equal(draftOf().spec.hostname, 'host');
  const { hostname: _, ...rest } = goodConfig();
  const config = readConfig(JSON.stringify(rest)).value;
  assert.equal(convertConfig(config, 'box', bundle).spec.hostname, hostname());
});

test('limits: 0 is as it is, and -1 none', () => {
  assert.deepEqual(limitsOf({ memory: { limit: -1 }, pids: { limit: 0 }, cpu: { shares: 0, quota: -1 } }), {
    memory: null,
    cpus: null,
    cpuQuota: null,
  });
  assert.deepEqual(limitsOf({ memory: { limit: 2 ** 63 } }), { memory: null });
  assert.deepEqual(
    limitsOf({ memory: { limit: 4096 }, pids: { limit: 7 }, cpu: { quota: 150_000, cpus: '1' } }),
    {
      memory: 4096,
      tasks: 7,
      cpus: 2,
      cpuQuota: 150_000,
      cpuPeriod: 100_000,
      cpuset: '1',
    },
  );
});

test('device rules and nodes', () => {
  const { spec } = draftOf();
  assert.deepEqual(spec.deviceRules, [{ allow: false, type: 'a', access: 'rwm' }]);
  assert.deepEqual(spec.devices, [
    { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666, uid: 0, gid: 0 },
  ]);
});

test('the process: numbers for names, none for infinity', () => {
  const config = read();
  const process = { ...config.process, rlimits: [{ type: 'RLIMIT_CORE', soft: 0, hard: 2 ** 64 }] };
  const draft = convertProcess(process, config);
  assert.deepEqual(draft.rlimits, [{ resource: 4, soft: 0, hard: null }]);
  assert.equal(draft.ioPriority, (2 << 13) | 4);
  assert.deepEqual(draft.scheduler, { policy: 0, nice: 5, priority: 0, flags: 0 });
  assert.equal(draft.umask, 18);
  assert.deepEqual(draft.capabilities?.ambient, []);
});

test('an exec that says nothing of capabilities has those of the container, and its seccomp', () => {
  const draft = convertProcess({ args: ['ls'], cwd: '/' }, read());
  assert.deepEqual(draft.capabilities?.effective, ['CAP_KILL']);
  assert.ok(draft.seccomp);
  assert.equal(draft.umask, 0o022);
});

test('seccomp values beyond 2^53 travel as text', () => {
  const config = read();
  const args = config.linux?.seccomp?.syscalls?.[0]?.args?.[0];
  assert.ok(args);
  args.value = 2n ** 64n - 1n;
  assert.match(
    JSON.stringify(convertProcess(config.process, config).seccomp),
    /"value":"18446744073709551615"/,
  );
});

test('what /proc/self/cgroup shows', () => {
  const path = (linux: object) => draftOf({ linux }).spec.cgroupPath;
  assert.equal(path({ cgroupsPath: '/x/y' }), '/x/y');
  assert.equal(path({}), '/box');
  assert.equal(path({ cgroupsPath: '/x', namespaces: [{ type: 'cgroup' }] }), '/');
});

test('pods by the annotations of containerd and CRI-O', () => {
  const cri = (type: string, id = 'p') => ({
    'io.kubernetes.cri.container-type': type,
    'io.kubernetes.cri.sandbox-id': id,
  });
  assert.deepEqual(podOf(cri('sandbox')), { role: 'sandbox', sandbox: 'p' });
  assert.deepEqual(podOf(cri('container')), { role: 'container', sandbox: 'p' });
  assert.deepEqual(podOf(cri('container', '')), { role: 'single' });
  assert.deepEqual(podOf(undefined), { role: 'single' });
  const crio = { 'io.kubernetes.cri-o.ContainerType': 'container', 'io.kubernetes.cri-o.SandboxID': 'q' };
  assert.deepEqual(podOf(crio), { role: 'container', sandbox: 'q' });
});

test('features are JSON', () => {
  const printed = JSON.parse(JSON.stringify(features())) as { linux: { capabilities: string[] } };
  assert.equal(printed.linux.capabilities.length, 41);
  assert.equal(printed.linux.capabilities[40], 'CAP_CHECKPOINT_RESTORE');
});
