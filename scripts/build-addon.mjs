// Builds build/Release/tvisor.node, build/Release/loader and build/Release/stub, doing only what is needed. It is also the package's
// install script, so it uses nothing but Node and the node-gyp that npm carries.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputs, sources } from './sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const build = join(root, 'build');
const stamp = join(build, 'sources.txt');
const lastBuild = join(build, 'last-build');
const jobs = String(availableParallelism());

/** Prints `message` as one line and ends with status 1. */
function fail(message) {
  console.error(`tvisor: ${message}`);
  process.exit(1);
}

/** Runs a program in the project's root; its output is shown only if it fails or warns. */
function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    fail(`${command} ${args.join(' ')} failed with status ${result.status ?? result.signal}`);
  }
  if (/\bwarning:/.test(result.stderr)) process.stderr.write(result.stderr);
}

/** The node-gyp that npm carries: npm names it to its scripts; otherwise it lies beside the node that runs this. */
function nodeGyp() {
  const beside = join(
    dirname(process.execPath),
    '../lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js',
  );
  const candidates = [process.env.npm_config_node_gyp, beside];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** Where the running node's own headers lie, or undefined: node-gyp then fetches them. */
function headers() {
  const prefix = join(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include/node/node_api.h')) ? prefix : undefined;
}

function configure(list) {
  const gyp = nodeGyp();
  if (gyp === undefined) {
    // Started without npm, by a node that has none beside it: npm knows where its node-gyp is.
    if (process.env.npm_lifecycle_event !== undefined)
      fail('npm carries no node-gyp: cannot build the addon');
    const result = spawnSync('npm', ['run', '--silent', 'build:addon'], { cwd: root, stdio: 'inherit' });
    process.exit(result.status ?? 1);
  }
  const nodedir = process.env.npm_config_nodedir ?? headers();
  const args = nodedir === undefined ? [] : [`--nodedir=${nodedir}`];
  run(process.execPath, [gyp, 'configure', '--release', '--loglevel=error', ...args]);
  mkdirSync(build, { recursive: true });
  writeFileSync(stamp, list);
}

for (const tool of ['make', 'g++', 'gcc', 'python3']) {
  if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error) {
    fail(
      `building the addon needs ${tool}, which is not installed (Debian: apt-get install g++ make python3)`,
    );
  }
}

const list = `${process.version}\n${[...sources('addon'), ...sources('guest-inputs'), ...sources('stub-inputs')].join('\n')}\n`;
if (sources('addon').length === 0) fail('addon/ holds no sources: nothing to build');
const makefile = join(build, 'Makefile');
const current =
  existsSync(makefile) &&
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8') === list &&
  statSync(makefile).mtimeMs >= statSync(join(root, 'binding.gyp')).mtimeMs;
if (!current) {
  console.log('tvisor: configuring the addon');
  configure(list);
}
const built = existsSync(lastBuild) ? statSync(lastBuild).mtimeMs : 0;
if (inputs().some((path) => statSync(join(root, path)).mtimeMs > built)) {
  console.log('tvisor: building the addon, the loader and the stub');
}
run('make', ['-C', build, 'BUILDTYPE=Release', `-j${jobs}`]);
writeFileSync(lastBuild, '');
