import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { EINVAL } from '../../../src/abi/errno.js';
import { cgroup1Fs, cgroup2Fs, cgroupsText, cgroupText } from '../../../src/fs/cgroup/cgroup.js';
import { mountCgroup1, mountCgroups } from '../../../src/fs/cgroup/mount.js';
import { cpuinfoText, meminfoText, withoutHiddenCpus } from '../../../src/fs/proc/container-view.js';
import { mountinfoText } from '../../../src/fs/proc/mounts.js';
import type { TextInode } from '../../../src/fs/pseudo.js';
import { TmpFs } from '../../../src/fs/tmpfs/tmpfs.js';
import type { Container } from '../../../src/kernel/container.js';
import { cpuList, parseCpuList, shownCpus } from '../../../src/kernel/cpus.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import type { Native } from '../../../src/platform/native.js';
import { Dentry, type Path } from '../../../src/vfs/dentry.js';
import type { Inode } from '../../../src/vfs/inode.js';
import { MountNamespace } from '../../../src/vfs/mounts.js';
import { type FakeHost, world } from '../kernel/fake.js';

const MIB = 2 ** 20;
let container: Container;
let init: Task;
let host: FakeHost;
/** Texts of the host's /proc, by name. */
const proc: Record<string, string> = {
  cpuinfo: [0, 1, 2, 3].map((n) => `processor\t: ${n}\nmodel\t: x\n\n`).join(''),
  // 3 MiB resident, 1 of it shared.
  statm: '5000 768 256 0 0 0 0\n',
};

beforeEach(() => {
  ({ container, init, host } = world());
  Object.assign(host, { hostProc: (_pid: number, name: string) => proc[name] ?? -2, cpuTime: () => 1500 });
});

/** The text of a file below `root`. */
function read(root: Inode, name: string): string {
  const file = root.lookup(name, init) as TextInode;
  assert.notEqual(typeof file, 'number', name);
  return String(file.ops.read?.(init)).trimEnd();
}

describe('the cgroup file system of version 2', () => {
  const files = (): ((name: string) => string) => {
    const fs = cgroup2Fs(container, 1, 'cgroup');
    return (name) => read(fs.root, name);
  };

  it('shows no limits where there are none', () => {
    const text = files();
    assert.deepEqual(['memory.max', 'pids.max', 'cpu.max', 'cpuset.cpus.effective', 'cpu.weight'].map(text), [
      'max',
      'max',
      'max 100000',
      '0-3',
      '39',
    ]);
  });

  it('shows limits and what is in use, and what update changes at once', () => {
    const text = files();
    container.setLimits({
      memory: 64 * MIB,
      tasks: 20,
      cpus: 2,
      cpuQuota: 150_000,
      cpuset: '1-3',
      cpuShares: 2,
    });
    container.memory.charge(5 * MIB);
    assert.deepEqual(
      ['memory.max', 'memory.current', 'pids.max', 'pids.current', 'cpu.max', 'cpuset.cpus.effective'].map(
        text,
      ),
      [`${64 * MIB}`, `${7 * MIB}`, '20', '1', '150000 100000', '1-2'],
    );
    assert.match(text('memory.stat'), new RegExp(`^anon ${2 * MIB}\nfile ${5 * MIB}\n`));
    assert.equal(text('cgroup.procs'), '1');
    container.setLimits({ memory: null, cpus: null, cpuQuota: null });
    assert.deepEqual(['memory.max', 'cpu.max', 'pids.max'].map(text), ['max', 'max 100000', '20']);
  });
});

describe('the cgroup file systems of version 1', () => {
  it('show the same in the files of each controller', () => {
    container.setLimits({ memory: 64 * MIB, tasks: 20, cpuQuota: 50_000, cpuPeriod: 20_000, cpuShares: 512 });
    container.memory.charge(MIB);
    const memory = cgroup1Fs(container, 1, 'cgroup', 'memory').root;
    assert.equal(read(memory, 'memory.limit_in_bytes'), `${64 * MIB}`);
    assert.equal(read(memory, 'memory.usage_in_bytes'), `${3 * MIB}`);
    assert.match(read(memory, 'memory.stat'), new RegExp(`^hierarchical_memory_limit ${64 * MIB}$`, 'm'));
    const cpu = cgroup1Fs(container, 1, 'cgroup', 'cpu').root;
    assert.equal(read(cpu, 'cpu.cfs_quota_us'), '50000');
    assert.equal(read(cpu, 'cpu.cfs_period_us'), '20000');
    assert.equal(read(cpu, 'cpu.shares'), '512');
    assert.equal(read(cgroup1Fs(container, 1, 'cgroup', 'pids').root, 'pids.max'), '20');
    container.setLimits({ memory: null });
    assert.equal(read(memory, 'memory.limit_in_bytes'), '9223372036854771712');
  });

  it('are mounted side by side, each with the path of the container', () => {
    const ns = new MountNamespace();
    container.mounts = ns;
    const fs = new TmpFs(host as unknown as Native, {});
    ns.mount(fs, undefined, 0);
    const root: Path = { mount: ns.root, dentry: ns.root.root };
    const inode = fs.root.mkdir('cg', 0o40755, init.cred);
    assert.ok(typeof inode !== 'number');
    container.cgroup = { path: '/docker/abc', version: 1 };
    const at = { mount: ns.root, dentry: new Dentry('cg', ns.root.root, inode) };
    mountCgroups(container, at, { type: 'cgroup', source: 'cgroup', flags: 1 });
    init.fs = new FsContext(root, root, 0o22);
    const lines = mountinfoText(init).trimEnd().split('\n').slice(1);
    assert.equal(lines.length, 6);
    assert.match(lines[0] ?? '', / \/ \/cg ro - tmpfs tmpfs rw,/);
    assert.match(lines.at(-2) ?? '', / \/docker\/abc \/cg\/memory ro - cgroup cgroup rw,memory$/);
  });

  it('cannot be mounted where the host has only version 2', () => {
    assert.equal(mountCgroup1(init, 'x', 'memory'), -EINVAL);
    container.cgroup = { path: '/', version: 1 };
    assert.notEqual(typeof mountCgroup1(init, 'x', 'memory'), 'number');
    assert.equal(mountCgroup1(init, 'x', 'blkio'), -EINVAL);
  });
});

describe('/proc of a container with limits', () => {
  it('names its cgroup', () => {
    assert.equal(cgroupText(container), '0::/\n');
    container.cgroup = { path: '/a/b', version: 1 };
    assert.equal(
      cgroupText(container),
      '5:pids:/a/b\n4:memory:/a/b\n3:cpuset:/a/b\n2:cpuacct:/a/b\n1:cpu:/a/b\n',
    );
    assert.match(cgroupsText(container), /^#subsys_name.*\ncpu\t1\t1\t1\ncpuacct\t2\t/);
  });

  it('has its memory as all that there is', () => {
    const machine =
      'MemTotal:       24684096 kB\nMemFree:        20000000 kB\nSwapTotal:       1000000 kB\nDirty:               123 kB\nCommitLimit:    12342048 kB\n';
    assert.equal(meminfoText(container, machine), machine);
    container.setLimits({ memory: 64 * MIB });
    container.memory.charge(4 * MIB);
    const free = 64 * 1024 - 2048 - 4096;
    assert.equal(
      meminfoText(container, machine),
      `MemTotal:          65536 kB\nMemFree:           ${free} kB\nSwapTotal:             0 kB\nDirty:                 0 kB\nCommitLimit:       65536 kB\n`,
    );
    container.setLimits({ memory: 2 ** 40 });
    assert.equal(meminfoText(container, machine), machine, 'more than the machine has is no limit');
  });

  it('has the processors that its quota is worth', () => {
    const { cpuinfo = '' } = proc;
    assert.equal(cpuinfoText(container, cpuinfo), cpuinfo);
    container.setLimits({ cpus: 2, cpuset: '1,3' });
    assert.deepEqual(cpuinfoText(container, cpuinfo).match(/\d+/g), ['1', '3']);
    assert.equal(
      withoutHiddenCpus(container, 'cpu  1\ncpu0 1\ncpu1 1\ncpu3 2\nctxt 5\n'),
      'cpu  1\ncpu1 1\ncpu3 2\nctxt 5\n',
    );
    container.setLimits({ cpus: 1 });
    assert.deepEqual(shownCpus(container), [1]);
    container.setLimits({ cpuset: '77', cpus: null });
    assert.deepEqual(shownCpus(container), [0, 1, 2, 3], 'a set of none');
  });

  it('reads and writes lists of processors', () => {
    assert.deepEqual(parseCpuList('0-2, 5,x,4-3'), [0, 1, 2, 5]);
    assert.equal(parseCpuList('0-999999999').length, 8192);
    assert.equal(cpuList([0, 1, 2, 5, 7, 8]), '0-2,5,7-8');
  });
});
