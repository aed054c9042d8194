// Makes dist/tvisor-ID.cache, V8's compiled form of dist/tvisor.cjs, from which bin/tvisor starts. The functions that a
// small sandbox needs are compiled in it too, since one is run here; where none can run, the cache holds fewer.
// It starts itself again, with TVISOR_CODE_CACHE=child, to run the bundle and write its code to descriptor 3.
'use strict';

const { spawnSync } = require('node:child_process');
const {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '../dist');
const filename = join(dist, 'tvisor.cjs');

/** Both as in bin/tvisor: a cache fits only the very same source text. */
function compile(cachedData) {
  const source = readFileSync(filename, 'latin1');
  const wrapper = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  return { id: source.slice(-17, -1), script: new Script(wrapper, { filename, cachedData }) };
}

function child() {
  const { script } = compile();
  // A cache is refused under other flags than it was made with; the sandbox sets one of its own after it was compiled.
  require('node:v8').setFlagsFromString = () => {};
  // The sandbox may have closed every way to the file system by then: the descriptor is open already.
  process.on('exit', () => writeSync(3, script.createCachedData()));
  const mod = { exports: {} };
  script.runInThisContext()(mod.exports, createRequire(filename), mod, filename, dirname(filename));
}

/** Run the bundle with `args` and keep its compiled code in `path`; false if nothing came of it. */
function make(path, args) {
  const fd = openSync(`${path}.new`, 'w', 0o644);
  const { error, signal } = spawnSync(process.execPath, [__filename, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', fd],
    env: { ...process.env, TVISOR_CODE_CACHE: 'child' },
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  closeSync(fd);
  const made = error === undefined && signal === null && readFileSync(`${path}.new`).length > 0;
  if (made) renameSync(`${path}.new`, path);
  else rmSync(`${path}.new`, { force: true });
  return made;
}

function parent() {
  if (!existsSync(filename)) return;
  const { id } = compile();
  const name = `tvisor-${id}.cache`;
  const path = join(dist, name);
  if (existsSync(path) && !compile(readFileSync(path)).script.cachedDataRejected) return;
  if (!make(path, ['do', '--', '/bin/true'])) make(path, ['do', '--help']);
  for (const old of readdirSync(dist)) {
    if (old.endsWith('.cache') && old !== name) rmSync(join(dist, old));
  }
}

if (process.env.TVISOR_CODE_CACHE === 'child') child();
else parent();
