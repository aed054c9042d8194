import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  closeQuietly,
  isAlive,
  processStat,
  receive,
  signalProcess,
  waitChild,
} from '../../src/runtime/host.js';
import {
  type ContainerStubOptions,
  type Stub,
  type StubMount,
  spawnContainerStub,
  spawnExecStub,
} from '../../src/runtime/stub.js';
import { openPty, setWindowSize } from '../../src/runtime/terminal.js';
import { withScratch } from '../support/scratch.js';
import { skipUnlessRoot, withReaper, word } from './namespace.js';

const ALL = (['network', 'uts', 'ipc', 'cgroup', 'time'] as const).map((type) => ({ type }));

function options(
  reaperPid: number,
  root: string,
  more: Partial<ContainerStubOptions> = {},
): ContainerStubOptions {
  return {
    title: 'tvisor-init test',
    reaperPid,
    namespaces: ALL,
    root,
    readonly: false,
    mounts: [],
    ...more,
  };
}

/** Runs `body` with a finished stub of a container with an empty root; kills it if it is left. */
async function withStub(
  body: (stub: Stub, root: string) => Promise<void> | void,
  more: Partial<ContainerStubOptions> = {},
): Promise<void> {
  await withReaper((reaper) =>
    withScratch('stub', async (root) => {
      const stub = spawnContainerStub(options(reaper, root, more));
      try {
        stub.finish();
        await body(stub, root);
      } finally {
        closeSync(stub.link);
        stub.kill();
      }
    }),
  );
}

function nextSignal(stub: Stub): number {
  const bytes = Buffer.alloc(4);
  assert.equal(receive(stub.link, bytes, 5000).length, 4);
  return bytes.readInt32LE();
}

const namespace = (pid: number | 'self', name: string) => readlinkSync(`/proc/${pid}/ns/${name}`);

test('a stub has namespaces of its own, and what it was told of them', { skip: skipUnlessRoot }, async () => {
  await withStub(
    ({ process: { pid } }) => {
      for (const name of ['net', 'uts', 'ipc', 'cgroup', 'time', 'mnt', 'pid'])
        assert.notEqual(namespace(pid, name), namespace('self', name), name);
      assert.equal(namespace(pid, 'user'), namespace('self', 'user'));
      assert.equal(
        execFileSync('nsenter', ['-t', `${pid}`, '-u', 'hostname'], { encoding: 'utf8' }),
        'box\n',
      );
      assert.match(
        execFileSync('nsenter', ['-t', `${pid}`, '-n', 'ip', 'link', 'show', 'lo'], { encoding: 'utf8' }),
        /LOOPBACK,UP/,
      );
    },
    { hostname: 'box', domainname: 'example' },
  );
});

test('a stub without namespaces in the config keeps those of the caller but mounts and pids', {
  skip: skipUnlessRoot,
}, async () => {
  await withStub(
    ({ process: { pid } }) => {
      for (const name of ['net', 'uts', 'ipc', 'cgroup', 'time'])
        assert.equal(namespace(pid, name), namespace('self', name), name);
    },
    { namespaces: [] },
  );
});

test('namespaces are joined by path, and what is none is an error', { skip: skipUnlessRoot }, async () => {
  await withReaper((reaper) =>
    withScratch('stub', async (root) => {
      const first = spawnContainerStub(options(reaper, root));
      const path = `/proc/${first.process.pid}/ns/net`;
      const second = spawnContainerStub(options(reaper, root, { namespaces: [{ type: 'network', path }] }));
      assert.equal(namespace(second.process.pid, 'net'), namespace(first.process.pid, 'net'));
      const wrong = options(reaper, root, { namespaces: [{ type: 'ipc', path }] });
      assert.throws(() => spawnContainerStub(wrong), /join a namespace: invalid argument$/);
      const missing = options(reaper, root, { namespaces: [{ type: 'ipc', path: '/nowhere' }] });
      assert.throws(() => spawnContainerStub(missing), /ENOENT.*\/nowhere/);
      for (const stub of [first, second]) stub.kill();
    }),
  );
});

test('a user namespace gets its ids', { skip: skipUnlessRoot }, async () => {
  const map = [{ containerId: 0, hostId: 100000, size: 65536 }];
  await withStub(
    (stub) => {
      const { pid } = stub.process;
      assert.match(readFileSync(`/proc/${pid}/uid_map`, 'latin1'), /^\s+0\s+100000\s+65536\n$/);
      const exec = spawnExecStub({ title: 'tvisor-exec test', containerPid: pid });
      for (const name of readdirSync('/proc/self/ns'))
        assert.equal(namespace(exec.process.pid, name), namespace(pid, name), name);
      writeSync(exec.link, word(0));
      assert.equal(waitChild(exec.process.pid), 0);
      closeSync(exec.link);
    },
    { namespaces: [...ALL, { type: 'user' }], uidMappings: map, gidMappings: map },
  );
});

const MOUNTS: StubMount[] = [
  { destination: '/proc', type: 'proc', readonly: false, data: [] },
  { destination: '/dev', type: 'tmpfs', readonly: false, data: ['mode=755', 'size=65536k'] },
  { destination: '/dev/pts', type: 'devpts', readonly: false, data: ['newinstance', 'ptmxmode=0666'] },
  { destination: '/sys', type: 'sysfs', readonly: true, data: [] },
  { destination: '/deep/er/usr', type: 'none', bind: '/usr', readonly: true, data: [] },
  { destination: '/etc/passwd', type: 'none', bind: '/etc/passwd', readonly: false, data: [] },
];

test("its mount namespace shows the container's root, mounts and processes", {
  skip: skipUnlessRoot,
}, async () => {
  await withStub(
    (stub, root) => {
      const view = `/proc/${stub.process.pid}/root`;
      writeFileSync(join(root, 'hello'), 'hello');
      assert.equal(readFileSync(`${view}/hello`, 'latin1'), 'hello');
      assert.ok(existsSync(`${view}/deep/er/usr/bin/env`));
      assert.equal(readFileSync(`${view}/etc/passwd`, 'utf8'), readFileSync('/etc/passwd', 'utf8'));
      const pids = readdirSync(`${view}/proc`).filter((name) => /^\d+$/.test(name));
      assert.deepEqual(pids, ['1', '2']);
      const mounts = readFileSync(`/proc/${stub.process.pid}/mountinfo`, 'latin1').trim().split('\n');
      assert.equal(mounts.length, MOUNTS.length + 1);
      for (const mount of mounts) assert.match(mount, /nosuid,nodev,noexec/);
      assert.match(mounts.find((line) => line.includes(' /deep/er/usr '))!, / ro,nosuid/);
      assert.deepEqual(stub.warnings, []);
      assert.equal(readlinkSync(`/proc/${stub.process.pid}/cwd`), '/');
      assert.throws(() => writeFileSync(`${view}/dev/x`, ''), /EROFS/, 'guests would not see it');
    },
    { mounts: MOUNTS },
  );
});

test('links in a hostile root lead no mount out of it', { skip: skipUnlessRoot }, async () => {
  await withReaper((reaper) =>
    withScratch('stub', async (scratch) => {
      const root = join(scratch, 'root');
      const outside = join(scratch, 'outside');
      for (const dir of [root, outside, join(root, 'inner')]) mkdirSync(dir);
      symlinkSync(outside, join(root, 'absolute'));
      symlinkSync('../outside', join(root, 'relative'));
      symlinkSync('/proc/1/root', join(root, 'magic'));
      symlinkSync('/inner', join(root, 'good'));
      const mount = (destination: string): StubMount => ({
        destination,
        type: 'none',
        bind: '/usr/bin',
        readonly: false,
        data: [],
      });
      const mounts = ['/absolute/x', '/relative/x', '/../../outside/x', '/magic/x', '/good/x'].map(mount);
      const stub = spawnContainerStub(options(reaper, root, { mounts }));
      assert.deepEqual(readdirSync(outside), []);
      stub.finish();
      assert.ok(existsSync(`/proc/${stub.process.pid}/root/inner/x/env`));
      const places = readFileSync(`/proc/${stub.process.pid}/mountinfo`, 'latin1')
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[4]);
      assert.deepEqual(places, ['/', '/outside/x', '/inner/x', '/proc']);
      stub.kill();
    }),
  );
});

test('a read-only root is read-only, and a mount that cannot be made is only a warning', {
  skip: skipUnlessRoot,
}, async () => {
  await withStub(
    (stub) => {
      assert.throws(() => writeFileSync(`/proc/${stub.process.pid}/root/x`, ''), /EROFS/);
      assert.deepEqual(stub.warnings, ['bind /nowhere: no such file or directory']);
    },
    {
      readonly: true,
      mounts: [{ destination: '/x/y', type: 'none', bind: '/nowhere', readonly: false, data: [] }],
    },
  );
});

test('a stub holds no privileges and nothing of its caller, and takes little memory', {
  skip: skipUnlessRoot,
}, async () => {
  await withStub((stub) => {
    const { pid } = stub.process;
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    assert.equal(links.length, 2);
    assert.match(links[0]!, /^socket:/);
    assert.match(links[1]!, /signalfd/);
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      assert.match(status, new RegExp(`Cap${set}:\\t0+\n`));
    assert.match(status, /NoNewPrivs:\t1\nSeccomp:\t2/);
    assert.equal(readFileSync(`/proc/${pid}/environ`, 'latin1'), '');
    const pss = /^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
    assert.ok(Number(pss?.[1]) <= 64, `${pss?.[1]} KiB`);
  });
});

test('it ends as it is told: exit statuses, signals, the end of the sentry', {
  skip: skipUnlessRoot,
}, async () => {
  await withStub(({ process: { pid } }) => {
    const end = (status: number | undefined): number => {
      const exec = spawnExecStub({ title: 'tvisor-exec test', containerPid: pid });
      if (status !== undefined) writeSync(exec.link, word(status));
      closeSync(exec.link);
      return waitChild(exec.process.pid);
    };
    for (const code of [0, 1, 7, 255]) assert.equal(end(code << 8), code << 8);
    const { SIGTERM, SIGKILL, SIGSEGV, SIGHUP, SIGUSR1 } = constants.signals;
    for (const signal of [SIGTERM, SIGKILL, SIGHUP, SIGUSR1, 34, 64]) assert.equal(end(signal), signal);
    // A core is not its to write, whatever has become of the guest's.
    assert.equal(end(SIGSEGV | 0x80), SIGSEGV);
    // By default these end nobody.
    assert.equal(end(constants.signals.SIGCHLD), (128 + constants.signals.SIGCHLD) << 8);
    assert.equal(end(undefined), SIGKILL);
  });
});

test('signals go over the link, from the terminal too', { skip: skipUnlessRoot }, async () => {
  const pty = openPty(1000, 5);
  try {
    await withStub(
      (stub) => {
        closeSync(pty.slave);
        for (const signal of [1, 2, 3, 10, 12, 14, 15, 17, 18, 20, 21, 22, 28, 34, 64]) {
          assert.ok(signalProcess(stub.process, signal));
          assert.equal(nextSignal(stub), signal);
        }
        setWindowSize(pty.master, { width: 132, height: 50 });
        assert.equal(nextSignal(stub), constants.signals.SIGWINCH);
        for (const [key, signal] of [
          ['\x03', 2],
          ['\x1c', 3],
          ['\x1a', 20],
        ] as const) {
          writeSync(pty.master, key);
          assert.equal(nextSignal(stub), signal);
        }
        closeSync(pty.master);
        assert.equal(nextSignal(stub), 1);
        assert.ok(isAlive(stub.process));
      },
      { terminal: pty.slave },
    );
  } finally {
    closeQuietly(pty.slave);
  }
});

test('a link that nobody reads keeps no stub from its end', { skip: skipUnlessRoot }, async () => {
  await withStub((stub) => {
    for (let i = 0; i < 20_000; i++) process.kill(stub.process.pid, 'SIGUSR1');
    writeSync(stub.link, word(3 << 8));
    assert.equal(waitChild(stub.process.pid), 3 << 8);
  });
});

test('place is told the pid before namespaces are made, and a failure there leaves nothing', {
  skip: skipUnlessRoot,
}, async () => {
  await withReaper((reaper) =>
    withScratch('stub', async (root) => {
      let pid = 0;
      const place = (placed: number) => {
        pid = placed;
        assert.equal(namespace(pid, 'cgroup'), namespace('self', 'cgroup'));
        throw new Error('no room');
      };
      assert.throws(() => spawnContainerStub(options(reaper, root, { place })), /^Error: no room$/);
      assert.equal(processStat(pid), undefined);
      assert.throws(
        () => spawnContainerStub(options(reaper, join(root, 'missing'))),
        /copy the root .*missing: no such file or directory/,
      );
    }),
  );
});

test("the sandbox's end is the stub's, and zombies count as dead", { skip: skipUnlessRoot }, async () => {
  const left: Stub[] = [];
  await withReaper((reaper) =>
    withScratch('stub', async (root) => {
      const stub = spawnContainerStub(options(reaper, root));
      stub.finish();
      left.push(stub);
      assert.ok(isAlive(stub.process));
      process.kill(reaper, 'SIGKILL');
    }),
  );
  const stub = left[0]!;
  assert.equal(receive(stub.link, Buffer.alloc(4), 5000).length, 0);
  for (let i = 0; i < 500 && isAlive(stub.process); i++) execFileSync('sleep', ['0.01']);
  assert.equal(processStat(stub.process.pid)?.state, 'Z');
  assert.equal(isAlive(stub.process), false);
  assert.equal(signalProcess(stub.process, 15), false);
  assert.equal(waitChild(stub.process.pid), constants.signals.SIGKILL);
  closeSync(stub.link);
});

test('descriptors that a caller has left open stay its own', { skip: skipUnlessRoot }, async () => {
  const fd = openSync('/dev/null', 'r');
  await withStub((stub) => {
    assert.equal(readdirSync(`/proc/${stub.process.pid}/fd`).length, 2);
    const { parent } = processStat(stub.process.pid)!;
    assert.equal(parent, process.pid);
  });
  closeSync(fd);
});
