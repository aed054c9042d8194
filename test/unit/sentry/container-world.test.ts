import assert from 'node:assert/strict';
import fs from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { ENOENT, ENXIO, EPERM, EROFS } from '../../../src/abi/errno.js';
import { O_RDWR } from '../../../src/abi/fcntl.js';
import { Bundle, options, USUAL_MOUNTS } from './container.js';

let bundle: Bundle;
beforeEach(() => {
  bundle = new Bundle();
});
afterEach(() => bundle.remove());

const tmpfs = (destination: string, ...words: string[]) => ({
  destination,
  type: 'tmpfs',
  source: 'tmpfs',
  options: words,
});
const bind = (destination: string, source: string, ...words: string[]) => ({
  destination,
  type: 'bind',
  source,
  options: ['bind', ...words],
});

test('mounts have type, source and options of config.json, in its order', options, () => {
  const { mounts } = bundle.box();
  assert.deepEqual(mounts, [
    'none / hostfs rw,relatime 0 0',
    'proc /proc proc rw,relatime 0 0',
    'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
    'devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666 0 0',
    'shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0',
    'mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime 0 0',
    'sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0',
  ]);
});

test('/dev has the nodes and links that every container has', options, () => {
  const box = bundle.box();
  for (const name of ['null', 'zero', 'full', 'random', 'urandom', 'tty'])
    assert.equal(box.mode(`/dev/${name}`), '20666', name);
  assert.equal(box.read('/dev/zero').length, 65536);
  for (const name of ['fd', 'stdin', 'stdout', 'stderr', 'ptmx'])
    assert.equal(box.mode(`/dev/${name}`), '120777', name);
  assert.equal(box.stat('/dev/console'), -ENOENT);
  assert.deepEqual(fs.readdirSync(bundle.host('dev')), [], 'nothing of it on the host');
});

test('a terminal has a console', options, () => {
  assert.equal(bundle.box({ process: { terminal: true } }).mode('/dev/console'), '20620');
});

test('without mounts there are proc, sys and dev where there is a place for them', options, () => {
  fs.rmdirSync(bundle.host('sys'));
  const box = bundle.box({ mounts: [] });
  assert.deepEqual(box.points, ['/', '/proc', '/dev', '/dev/pts', '/dev/shm']);
  assert.equal(box.mode('/dev/null'), '20666');
});

test('places of mounts are made on the host, directories and files', options, () => {
  fs.writeFileSync(`${bundle.dir}/hosts`, '1.2.3.4 x\n');
  const box = bundle.box({
    mounts: [
      ...USUAL_MOUNTS,
      tmpfs('/run/a/b'),
      bind('/etc/x/hosts', 'hosts', 'ro'),
      bind('/data', '/tmp', 'rbind'),
    ],
  });
  assert.ok(fs.statSync(bundle.host('run/a/b')).isDirectory());
  assert.ok(fs.statSync(bundle.host('etc/x/hosts')).isFile());
  assert.equal(box.read('/etc/x/hosts'), '1.2.3.4 x\n');
  assert.equal(box.write('/etc/x/hosts', 'no'), -EROFS);
  assert.deepEqual(box.points.slice(-3), ['/run/a/b', '/etc/x/hosts', '/data']);
});

test("what is mounted from the kernel directories of the host is the container's own", options, () => {
  const box = bundle.box({
    mounts: [
      bind('/proc', '/proc', 'rbind'),
      bind('/sys', '/sys', 'ro'),
      bind('/dev', '/dev'),
      bind('/etc/x', '/dev/null'),
    ],
  });
  assert.deepEqual(
    box.mounts.map((line) => line.split(' ')[2]),
    ['hostfs', 'proc', 'sysfs', 'bind', 'bind'],
  );
  assert.equal(box.stat('/proc/1'), -ENOENT, 'no process of the host');
  assert.equal(box.read('/dev/zero').length, 65536);
  assert.equal(box.read('/etc/x'), '', "the null device is the guest's");
  assert.equal(box.write('/etc/x', 'away'), 0);
});

test('the cgroup of the container', options, () => {
  const cgroup = {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['ro', 'nosuid'],
  };
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, cgroup] });
  assert.match(box.mounts.at(-1) ?? '', /^cgroup \/sys\/fs\/cgroup cgroup2 ro,nosuid,relatime/);
  assert.equal(box.read('/sys/fs/cgroup/pids.max'), 'max\n');
});

test('a bind mount of a file is written through', options, () => {
  fs.writeFileSync(`${bundle.dir}/file`, 'before');
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, bind('/etc/file', 'file')] });
  assert.equal(box.write('/etc/file', 'AFTER!'), 0);
  assert.equal(fs.readFileSync(`${bundle.dir}/file`, 'utf8'), 'AFTER!');
});

test('links of the image lead nowhere but below its own root', options, () => {
  fs.symlinkSync('/', bundle.host('top'));
  fs.symlinkSync('../../../../../outside', bundle.host('up'));
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/top/inside'), tmpfs('/up/x')] });
  assert.ok(fs.statSync(bundle.host('inside')).isDirectory());
  assert.ok(fs.statSync(bundle.host('outside/x')).isDirectory());
  assert.ok(!fs.existsSync('/inside') && !fs.existsSync('/outside'));
  assert.deepEqual(box.points.slice(-2), ['/inside', '/outside/x']);
});

test('a link in place of /proc, and links that go round', options, () => {
  fs.rmdirSync(bundle.host('proc'));
  fs.symlinkSync('tmp', bundle.host('proc'));
  assert.throws(() => bundle.box(), {
    message: 'mounts[0] /proc: filesystem "proc" must be mounted on ordinary directory',
  });
  fs.rmSync(bundle.host('proc'));
  fs.mkdirSync(bundle.host('proc'));
  fs.symlinkSync('loop', bundle.host('loop'));
  assert.throws(() => bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/loop/x')] }), {
    message: 'mounts[6] /loop/x: too many levels of symbolic links',
  });
});

test('what cannot be mounted says which mount, and why', options, () => {
  fs.writeFileSync(bundle.host('etc/file'), '');
  const why = (mount: object) => () => bundle.box({ mounts: [...USUAL_MOUNTS, mount] });
  assert.throws(why(tmpfs('/etc/file')), { message: 'mounts[6] /etc/file: not a directory' });
  assert.throws(why(tmpfs('/etc/file/x')), { message: 'mounts[6] /etc/file/x: not a directory' });
  assert.throws(why(bind('/etc', '/dev/null')), { message: 'mounts[6] /etc: is a directory' });
  assert.throws(why(bind('/proc/nothing', '/tmp')), /^SandboxError|mounts\[6\] \/proc\/nothing: /);
  assert.throws(why(tmpfs('/sys/nothing')), { message: 'mounts[6] /sys/nothing: read-only file system' });
});

test('a read-only root, and a file system with room in it', options, () => {
  const box = bundle.box({ root: { readonly: true }, mounts: [...USUAL_MOUNTS, tmpfs('/tmp', 'size=4k')] });
  assert.equal(box.write('/etc/new', 'x'), -EROFS);
  assert.equal(box.write('/tmp/new', 'x'), 0);
  assert.match(box.mounts[0] ?? '', / ro,relatime /);
  assert.deepEqual(fs.readdirSync(bundle.host('etc')), []);
});

test('a read-only tmpfs has the places of later mounts in it all the same', options, () => {
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/run', 'ro'), tmpfs('/run/lock')] });
  assert.equal(box.write('/run/x', ''), -EROFS);
  assert.equal(box.write('/run/lock/x', 'y'), 0);
  assert.match(box.mounts.at(-2) ?? '', /^tmpfs \/run tmpfs ro,relatime/);
});

test('a tmpfs has the mode of what it covers unless it says another', options, () => {
  fs.mkdirSync(bundle.host('closed'));
  fs.chmodSync(bundle.host('closed'), 0o700);
  assert.equal(bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/closed')] }).mode('/closed'), '40700');
  assert.equal(
    bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/closed', 'mode=711')] }).mode('/closed'),
    '40711',
  );
  assert.equal(bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/fresh')] }).mode('/fresh'), '41777');
});

test('options of tmpfs that change nothing here', options, () => {
  const words = ['huge=always', 'mpol=interleave', 'inode32', 'noswap', 'size=1m'];
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/tmp', ...words)] });
  assert.match(box.mounts.at(-1) ?? '', /^tmpfs \/tmp tmpfs rw,relatime,size=1024k/);
});

test('tmpcopyup begins with what it covers', options, () => {
  fs.mkdirSync(bundle.host('var/deep/er'), { recursive: true });
  fs.writeFileSync(bundle.host('var/deep/file'), Buffer.alloc(100_000, 'y'));
  fs.chmodSync(bundle.host('var/deep/file'), 0o640);
  fs.utimesSync(bundle.host('var/deep/er'), 5, 5);
  fs.symlinkSync('file', bundle.host('var/deep/link'));
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/var', 'tmpcopyup', 'size=1m')] });
  assert.equal(box.read('/var/deep/link').length, 65536);
  const attr = box.stat('/var/deep/file');
  assert.ok(typeof attr !== 'number' && attr.size === 100_000 && attr.mode === 0o100640);
  const dir = box.stat('/var/deep/er');
  assert.ok(typeof dir !== 'number' && dir.mtime.sec === 5);
  assert.equal(box.write('/var/deep/file', 'changed'), 0);
  assert.equal(fs.readFileSync(bundle.host('var/deep/file'), 'utf8')[0], 'y');
  assert.throws(() => bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/var', 'tmpcopyup', 'size=8k')] }), {
    message: 'mounts[6] /var: tmpcopyup: no space left on device',
  });
});

test('masked paths are empty, wherever they are', options, () => {
  fs.writeFileSync(bundle.host('etc/secret'), 'secret');
  fs.mkdirSync(bundle.host('keys'));
  fs.writeFileSync(bundle.host('keys/a'), 'a');
  const box = bundle.box({
    linux: { maskedPaths: ['/etc/secret', '/keys', '/proc/version', '/nothing/here', '/sys/kernel'] },
  });
  assert.equal(box.read('/etc/secret'), '');
  assert.equal(box.read('/proc/version'), '');
  assert.equal(box.stat('/keys/a'), -ENOENT);
  assert.equal(box.write('/keys/b', ''), -EROFS);
  assert.equal(fs.readFileSync(bundle.host('etc/secret'), 'utf8'), 'secret');
});

test('read-only paths keep what is mounted below', options, () => {
  fs.mkdirSync(bundle.host('data/in'), { recursive: true });
  const box = bundle.box({
    mounts: [...USUAL_MOUNTS, tmpfs('/data/in')],
    linux: { readonlyPaths: ['/data', '/proc/sys', '/none'] },
  });
  assert.equal(box.write('/data/x', ''), -EROFS);
  assert.equal(box.write('/data/in/x', 'y'), 0);
  assert.equal(box.write('/proc/sys/kernel/msgmax', '1'), -EROFS);
  assert.deepEqual(box.points.slice(-3), ['/data/in', '/data', '/proc/sys']);
});

test(
  'devices: with a driver, without, in a directory of the host, and those that are there anyway',
  options,
  () => {
    const device = (path: string, type: string, major: number, minor: number) => ({
      path,
      type,
      major,
      minor,
    });
    const box = bundle.box({
      linux: {
        devices: [
          device('/dev/null', 'c', 1, 3),
          device('/dev/fuse', 'c', 10, 229),
          device('/dev/disk/sda', 'b', 8, 0),
          device('/opt/zero', 'c', 1, 5),
          { path: '/dev/pipe', type: 'p', fileMode: 0o600, uid: 7, gid: 8 },
        ],
        resources: { devices: [{ allow: true, access: 'rwm' }] },
      },
    });
    assert.equal(box.open('/dev/fuse'), -ENXIO);
    assert.equal(box.open('/dev/disk/sda'), -ENXIO);
    assert.equal(box.mode('/opt/zero'), '20666');
    assert.equal(box.read('/opt/zero').length, 65536);
    assert.ok(fs.statSync(bundle.host('opt/zero')).isFile(), 'no device node on the host');
    const pipe = box.stat('/dev/pipe');
    assert.ok(typeof pipe !== 'number');
    assert.deepEqual([pipe.mode, pipe.uid, pipe.gid], [0o10600, 7, 8]);
  },
);

test('a device where something else is', options, () => {
  const device = { path: '/dev/pts', type: 'c', major: 10, minor: 229 };
  assert.throws(() => bundle.box({ linux: { devices: [device] } }), {
    message: 'linux.devices[0] /dev/pts: file exists',
  });
});

test('rules of devices are kept, but for those of every container', options, () => {
  const devices = [
    { path: '/dev/mine', type: 'c', major: 1, minor: 3 },
    { path: '/dev/other', type: 'c', major: 10, minor: 229 },
    { path: '/dev/third', type: 'c', major: 10, minor: 200 },
  ];
  const rules = [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 10, minor: 229, access: 'r' },
  ];
  const box = bundle.box({ linux: { devices, resources: { devices: rules } } });
  assert.equal(typeof box.open('/dev/mine', O_RDWR), 'object');
  assert.equal(box.open('/dev/other'), -ENXIO);
  assert.equal(box.open('/dev/other', O_RDWR), -EPERM);
  assert.equal(box.open('/dev/third'), -EPERM);
});

test('settings of /proc/sys', options, () => {
  const sysctl = {
    'kernel.msgmax': '4096',
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net/ipv4/ping_group_range': '0 2147483647',
    'fs.mqueue.msg_max': '50',
    'kernel.domainname': 'example',
    'kernel.shm_rmid_forced': '0',
  };
  const box = bundle.box({
    linux: { namespaces: ['network', 'ipc', 'uts'].map((type) => ({ type })), sysctl },
  });
  assert.equal(box.read('/proc/sys/kernel/msgmax'), '4096\n');
  assert.equal(box.read('/proc/sys/net/ipv4/ip_unprivileged_port_start'), '0\n');
  assert.equal(box.read('/proc/sys/net/ipv4/ping_group_range'), '0\t2147483647\n');
  assert.equal(box.read('/proc/sys/fs/mqueue/msg_max'), '50\n');
  assert.equal(box.container.uts.domainname, 'example');
  const why = (name: string, value: string) => () =>
    bundle.box({
      linux: { namespaces: ['network', 'ipc', 'uts'].map((type) => ({ type })), sysctl: { [name]: value } },
    });
  assert.throws(why('net.ipv4.foo', '1'), {
    message: 'linux.sysctl["net.ipv4.foo"]: there is no such setting',
  });
  assert.throws(why('kernel.msgmax', 'x'), {
    message: 'linux.sysctl["kernel.msgmax"]: "x": invalid argument',
  });
  assert.throws(why('kernel.shm_rmid_forced', '1'), {
    message: 'linux.sysctl["kernel.shm_rmid_forced"]: "1": permission denied',
  });
});

test('propagation is what config.json says', options, () => {
  const box = bundle.box({
    mounts: [...USUAL_MOUNTS, tmpfs('/tmp', 'rshared'), tmpfs('/tmp/below'), tmpfs('/run', 'unbindable')],
    linux: { rootfsPropagation: 'shared' },
  });
  const fields = (point: string) =>
    box.mountinfo
      .find((line) => line.split(' ')[4] === point)
      ?.split(' - ')[0]
      ?.split(' ')
      .slice(6)
      .join(' ');
  assert.match(fields('/') ?? '', /^shared:\d+$/);
  assert.match(fields('/tmp') ?? '', /^shared:\d+$/);
  assert.match(fields('/tmp/below') ?? '', /^shared:\d+$/);
  assert.equal(fields('/run'), 'unbindable');
  assert.equal(fields('/proc'), '');
});

test('a working directory that is not there is made, also below a read-only root', options, () => {
  bundle.box({ process: { cwd: '/srv/work' }, root: { readonly: true } });
  assert.ok(fs.statSync(bundle.host('srv/work')).isDirectory());
  fs.writeFileSync(bundle.host('etc/file'), '');
  assert.throws(() => bundle.box({ process: { cwd: '/etc/file/x' } }), {
    message: 'process.cwd /etc/file/x: not a directory',
  });
});

test('remount gives a mount other flags', options, () => {
  const remount = {
    destination: '/tmp',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['remount', 'ro', 'noexec'],
  };
  const box = bundle.box({ mounts: [...USUAL_MOUNTS, tmpfs('/tmp'), remount] });
  assert.equal(box.write('/tmp/x', ''), -EROFS);
  assert.match(box.mounts.at(-1) ?? '', /^tmpfs \/tmp tmpfs ro,noexec,relatime/);
  assert.throws(() => bundle.box({ mounts: [...USUAL_MOUNTS, remount] }), {
    message: 'mounts[6] /tmp: nothing is mounted there that could be remounted',
  });
});
