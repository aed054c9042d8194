// Lists the C and C++ sources for binding.gyp, one a line: the build globs, so that adding a file is adding a file.
//   sources.mjs addon         the addon's translation units
//   sources.mjs guest         the loader's translation units
//   sources.mjs guest-inputs  everything that the loader is built from, headers too
//   sources.mjs has-guest     "yes" or "no"
//   sources.mjs stub, stub-inputs, has-stub   the same of the stub
//   sources.mjs strictness    compiler flags: in a checkout warnings are errors; an installed package, which has no
//                             tests, must build with compilers that warn of more
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ADDON_DIRECTORIES = ['addon', 'addon/platform', 'addon/fastpath', 'addon/host'];

/** Files of `directory` (relative to the project) whose names match `pattern`, sorted; none if it does not exist. */
function list(directory, pattern) {
  try {
    return readdirSync(join(root, directory))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

/** Everything that the addon, the loader and the stub are built from, headers too. */
export function inputs() {
  return [...ADDON_DIRECTORIES, 'addon/guest', 'addon/stub'].flatMap((directory) =>
    list(directory, /\.(c|cc|h|S)$/),
  );
}

/** The sources of one kind, as paths relative to the project. */
export function sources(kind) {
  if (kind === 'addon') return ADDON_DIRECTORIES.flatMap((directory) => list(directory, /\.(cc|S)$/));
  if (kind === 'guest') return list('addon/guest', /\.(c|S)$/);
  if (kind === 'guest-inputs') return list('addon/guest', /\.(c|S|h)$/);
  if (kind === 'stub') return list('addon/stub', /\.c$/);
  if (kind === 'stub-inputs') return [...list('addon/stub', /\.(c|h)$/), 'addon/guest/call.h'];
  throw new Error(`sources: unknown kind '${kind}'`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kind = process.argv[2];
  if (kind === 'has-guest') console.log(sources('guest').length > 0 ? 'yes' : 'no');
  else if (kind === 'has-stub') console.log(sources('stub').length > 0 ? 'yes' : 'no');
  else if (kind === 'strictness') console.log(existsSync(join(root, 'test')) ? '-Werror' : '');
  else console.log(sources(kind).join('\n'));
}
