// Bundles the command line (dist/tvisor.cjs), what it starts (dist/sentry.cjs), what only `tvisor compat` needs
// (dist/compat.cjs) and the library (dist/index.js and its types).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Replaces a file in one step, so that a program that is just starting reads the old one or the new one. */
function replace(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

/** Bundles `entry` into the one file `outfile`. */
async function bundle(entry, outfile, { finish, ...options }) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, outfile),
    bundle: true,
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    legalComments: 'none',
    metafile: true,
    external: ['*.node'],
    logLevel: 'warning',
    write: false,
    ...options,
  });
  for (const file of result.outputFiles) replace(file.path, finish?.(file) ?? file.contents);
  return Object.keys(result.metafile.inputs);
}

/** The licences of the packages that a bundle has taken in, as those licences ask for. */
function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return Array.from(packages)
    .sort()
    .map((path) => {
      const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${path}: has no licence file to pass on`);
      return `${name} ${version}\n\n${readFileSync(join(root, path, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Ends the program's text with an id of its contents, by which bin/tvisor finds the compiled form of just this text. */
function addBuildId(file) {
  if (!file.path.endsWith('.cjs')) return undefined;
  const id = createHash('sha256').update(file.contents).digest('hex').slice(0, 16);
  return `${file.text.trimEnd()}\n//${id}\n`;
}

/** Commander would load child_process (2 ms) for subcommands that are programs of their own; there are none. */
const withoutChildProcess = {
  name: 'commander-without-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'nothing', namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** pino's own ways to write (4 ms of a start): it is given another, and only asks whether that is one of these. */
const withoutWriters = {
  name: 'pino-without-writers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(sonic-boom|thread-stream)$/ }, () => ({ path: 'none', namespace: 'no-writer' }));
    onLoad({ filter: /.*/, namespace: 'no-writer' }, () => ({ contents: 'module.exports = class {};' }));
  },
};

/** What src/sentry/entry.ts exports is a bundle of its own for the command line, which imports it when it needs it. */
const apartSentry = {
  name: 'sentry-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(sentry\/run|syscalls\/table|profile\/table)\.js$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './sentry.cjs', external: true } : undefined,
    );
  },
};

/** CommonJS starts faster than an ES module, and its compiled code can be kept (bin/tvisor does). */
const compiled = {
  format: 'cjs',
  // A script that is compiled by hand, as bin/tvisor does, has no import().
  supported: { 'dynamic-import': false },
  finish: addBuildId,
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

rmSync(join(root, 'dist/types'), { recursive: true, force: true });
// First of all: make takes a build whose dist/tvisor.cjs is new for one that has succeeded.
const types = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (types.status !== 0) process.exit(types.status ?? 1);

const inputs = await Promise.all([
  bundle('src/sentry/entry.ts', 'dist/sentry.cjs', { ...compiled, plugins: [withoutWriters] }),
  bundle('src/cli/main.ts', 'dist/tvisor.cjs', {
    ...compiled,
    plugins: [withoutChildProcess, withoutWriters, apartSentry],
  }),
  bundle('compat/main.ts', 'dist/compat.cjs', {
    format: 'cjs',
    define: { 'import.meta.url': '__moduleUrl' },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
  bundle('src/index.ts', 'dist/index.js', {
    format: 'esm',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  }),
]);
replace(join(root, 'dist/THIRD-PARTY-LICENSES'), licences(inputs.flat()));

const cache = spawnSync(process.execPath, [join(root, 'scripts/code-cache.cjs')], { stdio: 'inherit' });
if (cache.status !== 0) process.exit(cache.status ?? 1);
