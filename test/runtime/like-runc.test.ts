/** What a program finds in a container is what it finds in runc's from the same bundle: mounts, devices, identities, limits. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tvisorPath } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';
import { findTool, missing } from '../support/tools.js';
import { skipUnlessRoot } from './namespace.js';

const CAPABILITIES = ['CAP_KILL', 'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_SETUID'];

const tmpfs = (destination: string, source: string, ...options: string[]) => ({
  destination,
  type: 'tmpfs',
  source,
  options,
});

function config(script: string, terminal: boolean): object {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal,
      args: ['/bin/busybox', 'sh', '-c', script],
      cwd: '/made/deep',
      env: ['PATH=/bin', 'A=b c', 'EMPTY='],
      user: { uid: 0, gid: 0, umask: 0o27, additionalGids: [5, 7] },
      capabilities: Object.fromEntries(
        ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'].map((set) => [set, CAPABILITIES]),
      ),
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: 100, hard: 200 },
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
        { type: 'RLIMIT_NPROC', soft: 1000, hard: 2000 },
        { type: 'RLIMIT_CPU', soft: 500, hard: 600 },
      ],
      noNewPrivileges: true,
      oomScoreAdj: 200,
    },
    root: { path: 'rootfs' },
    hostname: 'box',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      tmpfs('/dev', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      tmpfs('/dev/shm', 'shm', 'nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'),
      {
        destination: '/dev/mqueue',
        type: 'mqueue',
        source: 'mqueue',
        options: ['nosuid', 'noexec', 'nodev'],
      },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      tmpfs('/t1', 'tmpfs', 'rshared', 'noatime', 'nodiratime'),
      tmpfs(
        '/t2',
        'a b',
        'slave',
        'size=1m',
        'nr_inodes=10k',
        'uid=5',
        'gid=6',
        'sync',
        'dirsync',
        'lazytime',
      ),
      tmpfs('/t3', 't3', 'noexec', 'nodev', 'nosuid', 'strictatime', 'silent', 'nosymfollow', 'loud', 'acl'),
      tmpfs('/t4', 't4', 'ro', 'private', 'iversion', 'noacl', 'norelatime'),
      tmpfs('/t5', 't5', 'tmpcopyup', 'unbindable'),
      {
        destination: '/etc/shared',
        type: 'bind',
        source: 'shared',
        options: ['bind', 'ro', 'noexec', 'rprivate'],
      },
      {
        destination: '/written',
        type: 'none',
        source: 'written',
        options: ['rbind', 'rw', 'nodev', 'rslave'],
      },
    ],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: ['/etc/secret', '/keys', '/proc/keys', '/nothing', '/sys/firmware'],
      readonlyPaths: ['/still', '/proc/sys', '/proc/bus', '/nothing'],
      devices: [
        { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o640, uid: 1, gid: 2 },
        { path: '/dev/ghost', type: 'c', major: 77, minor: 9, fileMode: 0o666 },
        { path: '/dev/queue', type: 'p', fileMode: 0o600 },
      ],
      resources: {
        devices: [
          { allow: false, access: 'rwm' },
          { allow: true, type: 'c', major: 77, minor: 9, access: 'rwm' },
        ],
      },
      sysctl: {
        'kernel.msgmax': '4000',
        'fs.mqueue.msg_max': '50',
        'net.ipv4.ip_unprivileged_port_start': '0',
        'net.ipv4.ping_group_range': '0 2147483647',
      },
    },
  };
}

/** Mounts of the host's file systems: these are shown with their device there. */
const OF_HOST = ['/', '/etc/shared', '/written', '/still'];
/** One date is as good as another. */
const DATE = `sed -E 's/ [A-Z][a-z]{2} +[0-9]+ +[0-9:]+ / DATE /'`;
/** Prints fields of a table of mounts: all, or where and with which of the mount's own options for those of the host. */
const table = (file: string, point: number, options: number): string =>
  `awk '{ if (index(" ${OF_HOST.join(' ')} ", " " $${point} " )) print $${point}, $${options}; else { $1 = $1 ~ /^[0-9]+$/ ? "" : $1; ${
    file === 'mountinfo' ? '$2 = ""; $3 = "";' : ''
  } print } }' /proc/self/${file}`;

const SECTIONS: Readonly<Record<string, string>> = {
  identity:
    'id; grep -E "^(Cap|NoNewPrivs|Umask|Groups|Uid|Gid)" /proc/self/status; cat /proc/self/oom_score_adj',
  limits: 'cat /proc/self/limits',
  names:
    'env | sort; pwd; hostname; readlink /proc/self/root /proc/self/cwd; ls /proc/self/fd; cat /proc/self/uid_map',
  // Groups have the host's numbers there.
  mountinfo: `${table('mountinfo', 5, 6)} | sed -E 's/shared:[0-9]+/shared:N/'`,
  // Of a file system of the host other options follow than the mount's own.
  mounts: `${table('mounts', 2, 3)} | sed -E 's/^(\\/[a-z/]*) (r[ow])(,noexec|,nodev)?,relatime.*/\\1 \\2\\3/'`,
  dev: `ls -ln /dev | grep -v mqueue | ${DATE}; ls -ln /dev/pts | ${DATE}; readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/ptmx`,
  masked: `cat /etc/secret; ls -lna /keys | ${DATE}; echo x > /etc/secret; echo $?; echo x > /keys/x; echo $?; cat /proc/keys`,
  readonly:
    'echo x > /still/x; echo $?; echo 1 > /proc/sys/kernel/msgmax; echo $?; touch /t4/x; echo $?; echo no > /etc/shared; echo $?',
  devices:
    'cat /dev/fuse; echo $?; cat /dev/ghost; echo $?; head -c 3 /dev/zero | wc -c; echo > /dev/full; echo $?; mknod /t1/n c 1 3; echo $?',
  flags:
    'echo "#!/bin/busybox sh" > /t3/x; chmod +x /t3/x; /t3/x; echo $?; ln -s /etc /t3/l; cat /t3/l/shared; echo $?; cat /t5/file',
  settings:
    'cat /proc/sys/kernel/msgmax /proc/sys/fs/mqueue/msg_max /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range',
  through:
    'echo hello > /written/file; cat /written/file /etc/shared; stat -c "%a %u %g %n" /written/file /t1 /t2 /t3 /t4 /t5 /made/deep',
};

const script = Object.entries(SECTIONS)
  .map(([name, commands]) => `echo "== ${name}"; ${commands}`)
  .join('\n');

function makeBundle(bundle: string, busybox: string, terminal: boolean): void {
  const inside = (name: string): string => join(bundle, 'rootfs', name);
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'keys', 'still', 't5'])
    mkdirSync(inside(name), { recursive: true });
  mkdirSync(join(bundle, 'written'));
  copyFileSync(busybox, inside('bin/busybox'));
  chmodSync(inside('bin/busybox'), 0o755);
  const applets =
    'sh awk cat chmod cut env grep head hostname id ln ls mknod pwd readlink sed sort stat stty touch tty wc'.split(
      ' ',
    );
  for (const name of applets) symlinkSync('busybox', inside(`bin/${name}`));
  writeFileSync(inside('etc/secret'), 'secret\n');
  writeFileSync(inside('etc/passwd'), 'root:x:0:0:root:/home/of/root:/bin/sh\n');
  writeFileSync(inside('keys/a'), 'a');
  writeFileSync(inside('t5/file'), 'copied up\n');
  writeFileSync(join(bundle, 'shared'), 'shared\n');
  writeFileSync(
    join(bundle, 'config.json'),
    JSON.stringify(config(terminal ? terminalScript : script, terminal)),
  );
}

/** The commands that look at the terminal, in one section. */
const terminalScript = `echo "== terminal"; tty; ls -ln /dev/console /dev/pts | ${DATE}; stat -c "%t:%T %a %u:%g %n" /dev/console /dev/pts/0;
  echo to the console > /dev/console; echo to the terminal > /dev/tty; readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2;
  grep console /proc/self/mountinfo | cut -d" " -f4-; cut -d" " -f5-7 /proc/self/stat; exec 3<>/dev/ptmx; ls /dev/pts`;

/** What the container prints, by section. */
function sections(runtime: string, state: string, bundle: string, terminal: boolean): Map<string, string> {
  const id = `like-runc-${process.pid}`;
  const words = [runtime, '--root', state, 'run', '--bundle', bundle, id];
  // script(1) has a terminal of its own, which the runtime then copies to.
  const [command = '', ...args] = terminal ? ['script', '-qec', words.join(' '), '/dev/null'] : words;
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'latin1',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.equal(status, 0, `${runtime}: ${stderr}`);
  // What script(1) makes of the end of its input.
  const parts = stdout
    .replace(/\r|\0|\^@|\^D|\x08/g, '')
    .split(/^== (\w+)\n/m)
    .slice(1);
  const out = new Map<string, string>();
  for (let i = 0; i < parts.length; i += 2) out.set(parts[i] as string, parts[i + 1] as string);
  return out;
}

/** Runs both in bundles of their own, which they write to. */
async function both(
  t: TestContext,
  terminal: boolean,
): Promise<[Map<string, string>, Map<string, string>] | undefined> {
  const runc = findTool('runc');
  const busybox = findTool('busybox');
  const tvisor = tvisorPath();
  assert.ok(tvisor, 'tvisor is not built');
  if (runc === undefined || busybox === undefined) {
    missing(t, 'needs runc and a static busybox');
    return undefined;
  }
  return withScratch('like-runc', async (directory) => {
    const [theirs, ours] = [runc, tvisor].map((runtime, i) => {
      const bundle = join(directory, String(i));
      mkdirSync(bundle);
      makeBundle(bundle, busybox, terminal);
      return sections(runtime, join(directory, `state-${i}`), bundle, terminal);
    });
    return [theirs as Map<string, string>, ours as Map<string, string>];
  });
}

test('what a program finds in a container', { skip: skipUnlessRoot }, async (t) => {
  const found = await both(t, false);
  if (found === undefined) return;
  const [theirs, ours] = found;
  for (const name of Object.keys(SECTIONS)) {
    await t.test(name, () => {
      assert.equal(typeof theirs.get(name), 'string');
      assert.equal(ours.get(name), theirs.get(name));
    });
  }
});

test('what a program finds of its terminal', { skip: skipUnlessRoot }, async (t) => {
  if (findTool('script') === undefined) {
    missing(t, 'needs script(1)');
    return;
  }
  const found = await both(t, true);
  if (found === undefined) return;
  const [theirs, ours] = found;
  assert.match(theirs.get('terminal') ?? '', /to the console/);
  assert.equal(ours.get('terminal'), theirs.get('terminal'));
});
