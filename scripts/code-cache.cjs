// Makes dist/NAME-ID.cache, V8's compiled form of the bundles dist/tvisor.cjs (the command line) and dist/sentry.cjs, from which
// bin/tvisor starts. The functions that commands need are compiled in it too, since they are run here: the life of a container
// for the one, a small sandbox for the other; where these cannot run, the caches hold fewer.
// It starts itself again, with TVISOR_CODE_CACHE=NAME, to run that bundle and write its code to descriptor 3.
'use strict';

const { spawnSync } = require('node:child_process');
const {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} = require('node:fs');
const { createRequire } = require('node:module');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '../dist');

/** Both as in bin/tvisor: a cache fits only the very same source text. */
function compile(name, cachedData) {
  const filename = join(dist, `${name}.cjs`);
  const source = readFileSync(filename, 'latin1');
  const wrapper = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  return { id: source.slice(-17, -1), filename, script: new Script(wrapper, { filename, cachedData }) };
}

/** Bundles that have been compiled here, by name: their functions stay compiled when they run again. */
const scripts = new Map();

function run(name) {
  if (!scripts.has(name)) scripts.set(name, compile(name));
  const { script, filename } = scripts.get(name);
  const mod = { exports: {} };
  const other = createRequire(filename);
  const own = (id) => (id === './sentry.cjs' ? run('sentry') : other(id));
  script.runInThisContext()(mod.exports, Object.assign(own, other), mod, filename, dirname(filename));
  return mod.exports;
}

/** Runs command lines (JSON) one after the other in this process, and keeps the code of one bundle. */
function child(name, lines) {
  // A cache is refused under other flags than it was made with; the sandbox sets one of its own after it was compiled.
  require('node:v8').setFlagsFromString = () => {};
  // The sandbox may have closed every way to the file system by then: the descriptor is open already.
  process.on('exit', () => writeSync(3, scripts.get(name).script.createCachedData()));
  const next = () => {
    const args = lines.shift();
    if (args === undefined) return;
    process.argv = [...process.argv.slice(0, 2), ...args];
    process.removeAllListeners('uncaughtException');
    run('tvisor');
  };
  process.on('beforeExit', next);
  next();
}

/** Run the program with command lines and keep the compiled code of a bundle in `path`; false if nothing came of it. */
function make(name, path, lines) {
  const fd = openSync(`${path}.new`, 'w', 0o644);
  const { error, signal } = spawnSync(process.execPath, [__filename, JSON.stringify(lines)], {
    stdio: ['ignore', 'ignore', 'ignore', fd],
    env: { ...process.env, TVISOR_CODE_CACHE: name },
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  closeSync(fd);
  const made = error === undefined && signal === null && readFileSync(`${path}.new`).length > 0;
  if (made) renameSync(`${path}.new`, path);
  else rmSync(`${path}.new`, { force: true });
  return made;
}

/** What of the life of a container is worth to be compiled beforehand. */
function life(directory) {
  const root = ['--root', join(directory, 'state')];
  const process_ = { args: ['/none'], cwd: '/', env: ['PATH=/'], user: { uid: 0, gid: 0 } };
  const config = {
    ociVersion: '1.0.2',
    process: process_,
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  };
  mkdirSync(join(directory, 'rootfs'));
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  // Without a program in its root there is no container: all is done but the last step, and taken back, as `delete` does.
  return [
    [...root, 'create', '--bundle', directory, '--pid-file', join(directory, 'pid'), 'cache'],
    [...root, 'start', 'cache'],
    [...root, 'delete', '--force', 'cache'],
  ];
}

function makeCache(name, lines) {
  const { id } = compile(name);
  const file = `${name}-${id}.cache`;
  const path = join(dist, file);
  if (!existsSync(path) || compile(name, readFileSync(path)).script.cachedDataRejected) {
    if (!make(name, path, lines)) make(name, path, [name === 'sentry' ? ['syscalls'] : ['do', '--help']]);
  }
  for (const old of readdirSync(dist)) {
    if (old.startsWith(`${name}-`) && old.endsWith('.cache') && old !== file) rmSync(join(dist, old));
  }
}

function parent() {
  if (!existsSync(join(dist, 'tvisor.cjs'))) return;
  const directory = mkdtempSync(join(tmpdir(), 'tvisor-cache-'));
  try {
    makeCache('sentry', [['do', '--', '/bin/true']]);
    makeCache('tvisor', life(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const { TVISOR_CODE_CACHE: name } = process.env;
if (name === 'tvisor' || name === 'sentry') child(name, JSON.parse(process.argv[2]));
else parent();
