/** Configurations that are wrong, through the command line: one line, the right status, and nothing left behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compile } from '../support/compile.js';
import { tvisorPath } from '../support/paths.js';
import { scratchDirectory } from '../support/scratch.js';
import { MISTAKES } from '../unit/oci/mistakes.js';
import { skipUnlessRoot } from './namespace.js';

/** The runtime's own errors. */
const FAILURE = 128;
const ID = `bad-${process.pid}`;

const directory = scratchDirectory('bad-config');
const bundle = join(directory, 'bundle');
const state = join(directory, 'state');
const log = join(directory, 'log');

type Config = Record<string, Record<string, unknown>>;

function config(): Config {
  return {
    ociVersion: '1.0.2',
    process: { args: ['/bin/true'], cwd: '/', env: ['PATH=/bin'] },
    root: { path: 'rootfs' },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/data', type: 'bind', source: '/tmp', options: ['rbind'] },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'gid=5'] },
    ],
    hooks: { prestart: [] },
    annotations: {},
    linux: { namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  } as unknown as Config;
}

/** @param errors where standard error goes: a container that is created keeps it */
function tvisor(errors: 'pipe' | 'ignore', ...args: string[]) {
  const path = tvisorPath();
  assert.ok(path, 'tvisor is not built');
  const { status, stderr } = spawnSync(
    path,
    ['--root', state, '--log', log, '--log-format', 'json', ...args],
    {
      cwd: '/',
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'ignore', errors],
    },
  );
  return { status, stderr };
}

/** Processes whose command line names the state or the container. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return line.includes(state) || line.includes(ID) ? [`${pid} ${line}`] : [];
      } catch {
        return [];
      }
    });
}

function files(of: string): string[] {
  return readdirSync(of, { recursive: true }).map(String);
}

function cgroups(): string[] {
  const found = spawnSync('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `*${ID}*`], { encoding: 'utf8' });
  return found.stdout.split('\n').filter((line) => line !== '');
}

/** Runs `create` on a configuration and looks whether it was refused as it should be. */
function refused(text: string, message: string | RegExp, status = FAILURE): void {
  writeFileSync(join(bundle, 'config.json'), text);
  writeFileSync(log, '');
  const result = tvisor('pipe', 'create', '--bundle', bundle, ID);
  assert.equal(result.status, status, result.stderr);
  const line = /^tvisor create: (.*)\n$/.exec(result.stderr)?.[1];
  assert.ok(line, `one line, not ${JSON.stringify(result.stderr)}`);
  if (typeof message === 'string') assert.equal(line, message);
  else assert.match(line, message);
  const last = readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const record = JSON.parse(last) as { level: string; msg: string };
  assert.deepEqual([record.level, record.msg], ['error', line]);
  nothingLeft();
}

function nothingLeft(): void {
  assert.deepEqual(
    files(state).filter((name) => name !== '@sandboxes'),
    [],
  );
  assert.deepEqual(processes(), []);
  assert.deepEqual(cgroups(), []);
  assert.ok(!readFileSync('/proc/self/mountinfo', 'latin1').includes(directory));
}

/** A configuration with one member of it put elsewhere or taken away. */
function changed(way: readonly (string | number)[], value: unknown): string {
  const all = config();
  let at = all as Record<string | number, unknown>;
  for (const step of way.slice(0, -1)) {
    at[step] ??= {};
    at = at[step] as Record<string | number, unknown>;
  }
  const last = way.at(-1) as string | number;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(all);
}

/** Those whose configuration is as much as this one holds: one for each member of the mistakes of the unit tests. */
const FIRSTS = [
  'ociVersion',
  'process',
  'process.args',
  'process.args[0]',
  'process.cwd',
  'process.terminal',
  'process.user.uid',
  'process.oomScoreAdj',
  'root',
  'root.path',
  'root.readonly',
  'hostname',
  'domainname',
  'mounts',
  'mounts[0].type',
  'mounts[0].options[0]',
  'mounts[2].source',
  'mounts[0].destination',
  'hooks',
  'annotations',
  'linux',
  'linux.cgroupsPath',
  'linux.resources.memory.limit',
  'linux.resources.cpu.quota',
  'linux.resources.pids.limit',
  'linux.resources.memory.swappiness',
  'linux.sysctl["kernel.panic"]',
  'linux.rootfsPropagation',
  'linux.personality.domain',
  'linux.intelRdt',
  'linux.seccomp.defaultAction',
  'linux.netDevices.eth0',
  'windows',
];

describe('a configuration that is wrong', { skip: skipUnlessRoot }, () => {
  before(async () => {
    mkdirSync(join(bundle, 'rootfs/bin'), { recursive: true });
    mkdirSync(state);
    const source = join(directory, 'true.c');
    writeFileSync(source, 'int main(void) { return 0; }\n');
    const program = await compile(source, { flags: ['-static'] });
    writeFileSync(join(bundle, 'rootfs/bin/true'), readFileSync(program), { mode: 0o755 });
    writeFileSync(join(bundle, 'rootfs/bin/data'), 'no program');
  });
  after(() => tvisor('pipe', 'delete', '--force', ID));

  it('is none when nothing is wrong with it', () => {
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config()));
    assert.equal(tvisor('ignore', 'create', '--bundle', bundle, ID).status, 0, readFileSync(log, 'utf8'));
    assert.equal(tvisor('pipe', 'delete', '--force', ID).status, 0);
    nothingLeft();
  });

  for (const field of FIRSTS) {
    const mistake = MISTAKES.find(([, , message]) => message.startsWith(`${field}: `));
    const [way, value, message] = mistake ?? assert.fail(`no mistake of ${field}`);
    it(message, () => {
      refused(changed(way, value), `config.json: ${message}`);
    });
  }

  it('is no JSON', () => {
    refused('{"ociVersion": "1.0.2",', /^config\.json: not JSON: /);
    refused('', /^config\.json: not JSON: /);
    refused('null', 'config.json: must be an object, not null');
  });

  it('names a bundle, a root or a source that is not there', () => {
    refused(
      changed(['root', 'path'], 'none'),
      /^config\.json: root\.path: ".*\/none": no such file or directory$/,
    );
    refused(changed(['root', 'path'], 'config.json'), /^config\.json: root\.path: ".*": not a directory$/);
    refused(
      changed(['mounts', 2, 'source'], '/nowhere/x'),
      /^config\.json: mounts\[2\]\.source: "\/nowhere\/x": no such/,
    );
    const { status, stderr } = tvisor('pipe', 'create', '--bundle', join(directory, 'nothing'), ID);
    assert.equal(status, FAILURE);
    assert.match(stderr, /^tvisor create: [^\n]*nothing[^\n]*\n$/);
    nothingLeft();
  });

  it('has a program that is not there, or is none', () => {
    refused(changed(['process', 'args'], ['nope']), 'exec: "nope": executable file not found in $PATH', 127);
    refused(
      changed(['process', 'args'], ['/no/pe']),
      'exec: "/no/pe": stat /no/pe: no such file or directory',
      127,
    );
    refused(changed(['process', 'args'], ['/bin/data']), 'exec: "/bin/data": permission denied', 126);
    refused(changed(['process', 'args'], ['/bin']), 'exec: "/bin": permission denied', 126);
  });

  it('asks for mounts that the image does not allow', () => {
    const mount = (destination: string, type = 'tmpfs') =>
      changed(['mounts', 4], { destination, type, source: 'x' });
    refused(mount('/bin/true'), 'mounts[4] /bin/true: not a directory');
    refused(mount('/bin/true/x'), 'mounts[4] /bin/true/x: not a directory');
    refused(mount('/proc/self/x/y'), /^mounts\[4\] \/proc\/self\/x\/y: /);
  });

  it('asks for settings, devices and namespaces that there are not', () => {
    refused(
      changed(['linux', 'sysctl'], { 'net.foo': '1' }),
      'linux.sysctl["net.foo"]: there is no such setting',
    );
    refused(
      changed(['linux', 'sysctl'], { 'kernel.msgmax': 'many' }),
      'linux.sysctl["kernel.msgmax"]: "many": invalid argument',
    );
    const device = { path: '/dev/pts', type: 'c', major: 10, minor: 1 };
    refused(changed(['linux', 'devices'], [device]), 'linux.devices[0] /dev/pts: file exists');
    refused(
      changed(['linux', 'namespaces', 1, 'path'], '/proc/self/ns/ipc'),
      'config.json: linux.namespaces[1].path: "/proc/self/ns/ipc": a namespace of type ipc, not network',
    );
    refused(
      changed(['linux', 'namespaces', 1, 'path'], '/nothing'),
      'config.json: linux.namespaces[1].path: "/nothing": no such file or directory',
    );
  });

  it('has a hook that fails, or is not there', () => {
    refused(
      changed(['hooks', 'prestart'], [{ path: '/bin/false' }]),
      /^error running prestart hook #0: exit status 1/,
    );
    refused(
      changed(['hooks', 'createRuntime'], [{ path: '/no/hook' }]),
      /^error running createRuntime hook #0: \/no\/hook: /,
    );
  });
});
