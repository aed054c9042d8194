import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readHierarchies } from '../../../src/runtime/cgroups/hierarchy.js';
import { directoryIn, parsePath, sliceDirectory } from '../../../src/runtime/cgroups/path.js';

const mountinfo = [
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:4 - cgroup cgroup rw,cpu,cpuacct',
  '33 31 0:30 /docker/abc /sys/fs/cgroup/mem\\040ory rw - cgroup cgroup rw,memory',
  '34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd',
  '35 31 0:32 / /nowhere/unified rw - cgroup2 cgroup2 rw,nsdelegate',
].join('\n');
const cgroup = '5:memory:/docker/abc/x\n4:cpu,cpuacct:/a\n3:pids:/a\n1:name=systemd:/\n0::/u/../v\n';

describe('hierarchies of a host', () => {
  const found = readHierarchies({ mountinfo, cgroup });

  it('are those that are mounted, each with the own cgroup below its mount', () => {
    assert.deepEqual(
      found.map((h) => [h.name, h.version, h.mountPoint, h.own]),
      [
        ['memory', 1, '/sys/fs/cgroup/mem ory', '/sys/fs/cgroup/mem ory/x'],
        ['cpu,cpuacct', 1, '/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct/a'],
        ['name=systemd', 1, '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/systemd'],
        ['', 2, '/nowhere/unified', '/nowhere/unified'],
      ],
    );
    assert.deepEqual(
      found.map((h) => h.controllers),
      [['memory'], ['cpu', 'cpuacct'], [], []],
    );
  });

  it('take absolute paths from their mount point and relative ones from the own cgroup', () => {
    const [memory] = found;
    assert.ok(memory);
    assert.equal(directoryIn(memory, '/p/c', false), '/sys/fs/cgroup/mem ory/p/c');
    assert.equal(directoryIn(memory, 'p/c', false), '/sys/fs/cgroup/mem ory/x/p/c');
  });

  it('take relative paths from the parent of the own cgroup where there is only version 2', () => {
    const texts = { mountinfo: '9 1 0:9 / /c rw - cgroup2 none rw', cgroup: '0::/a/b\n' };
    const [one] = readHierarchies(texts);
    assert.ok(one);
    assert.equal(directoryIn(one, 'x', true), '/c/a/x');
    const [root] = readHierarchies({ ...texts, cgroup: '0::/\n' });
    assert.ok(root);
    assert.equal(directoryIn(root, 'x', true), '/c/x');
  });

  it('are none where nothing is mounted or the texts are empty', () => {
    assert.deepEqual(readHierarchies({ mountinfo: '', cgroup }), []);
    assert.deepEqual(readHierarchies({ mountinfo, cgroup: '' }), []);
  });
});

describe('linux.cgroupsPath', () => {
  it('names a container without a path by its id', () => {
    assert.equal(parsePath(undefined, 'c1', false).path, 'c1');
    assert.equal(parsePath('', 'c1', false).path, 'c1');
  });

  it('cannot leave the hierarchy and cannot be its root', () => {
    assert.equal(parsePath('/a/../../../b//c/', 'c1', false).path, '/b/c');
    assert.equal(parsePath('../../b', 'c1', false).path, 'b');
    for (const path of ['/', '..', './/.', '/../..'])
      assert.throws(() => parsePath(path, 'c1', false), /the root of all cgroups/);
    assert.throws(() => parsePath('/a\0b', 'c1', false), /NUL/);
  });

  it('in the form of systemd becomes the directories that systemd would use, and says so', () => {
    const parsed = parsePath('user-1000-x.slice:libpod:abc', 'c1', true);
    assert.equal(parsed.path, '/user.slice/user-1000.slice/user-1000-x.slice/libpod-abc.scope');
    assert.match(parsed.warning ?? '', /systemd is not asked/);
    assert.equal(parsePath(':docker:abc', 'c1', true).path, '/system.slice/docker-abc.scope');
    assert.equal(parsePath('-.slice::abc', 'c1', true).path, '/abc.scope');
    assert.equal(parsePath('', 'c1', true).path, '/system.slice/tvisor-c1.scope');
    assert.equal(parsePath('a.slice:x:b.slice', 'c1', true).path, '/a.slice/b.slice');
  });

  it('in the form of systemd is refused when it is none', () => {
    for (const path of [
      '/a/b',
      'a:b',
      'a.slice:b:',
      'a:b:c',
      'a/b.slice:c:d',
      'a--b.slice:c:d',
      'a.slice:b/..:c',
    ])
      assert.throws(() => parsePath(path, 'c1', true), /^CgroupError: linux\.cgroupsPath: /);
    assert.throws(() => sliceDirectory('.slice'), /not the name of a slice/);
  });
});
