// Formats the C and C++ sources in place; with --check it only names those that are not formatted, and fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const clangFormat = createRequire(import.meta.url).resolve('clang-format/bin/linux_x64/clang-format');

const files = ['addon', 'bench', 'compat', 'test']
  .filter((directory) => existsSync(join(root, directory)))
  .flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(c|cc|h)$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  )
  .sort();

const mode = process.argv.includes('--check') ? ['--dry-run', '-Werror', '-ferror-limit=1'] : ['-i'];
const result =
  files.length === 0
    ? { status: 0 }
    : spawnSync(clangFormat, [...mode, ...files], { cwd: root, stdio: 'inherit' });
if (result.error) throw result.error;
if (result.status !== 0) console.error("C and C++: not formatted; 'npm run format' does it");
else console.log(`C and C++: ${files.length} files ${mode[0] === '-i' ? 'formatted' : 'checked'}`);
process.exit(result.status ?? 1);
