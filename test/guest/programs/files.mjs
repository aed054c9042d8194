// fs/promises: trees, streams, watches, handles.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const directory = await fs.mkdtemp('./work-');
await fs.mkdir(join(directory, 'a/b/c'), { recursive: true });
await Promise.all(
  Array.from({ length: 200 }, (_, i) => fs.writeFile(join(directory, `a/f${i}`), 'x'.repeat(i))),
);
const names = await fs.readdir(join(directory, 'a'));
const stats = await Promise.all(names.map((name) => fs.stat(join(directory, 'a', name))));
console.log(
  names.length,
  stats.filter((s) => s.isFile()).reduce((sum, s) => sum + s.size, 0),
);
const big = join(directory, 'big');
await fs.writeFile(big, Buffer.alloc(8 << 20, 'abcdefgh'));
await pipeline(createReadStream(big), createGzip(), createWriteStream(`${big}.gz`));
const hash = createHash('sha256');
await pipeline(createReadStream(`${big}.gz`), createGunzip(), hash);
console.log(hash.digest('hex'));
const handle = await fs.open(big, 'r+');
await handle.write('START', 0);
console.log((await handle.read(Buffer.alloc(8), 0, 8, 0)).buffer.toString());
await handle.truncate(100);
console.log((await handle.stat()).size);
await handle.close();
await fs.rename(big, join(directory, 'renamed'));
await fs.symlink('renamed', join(directory, 'link'));
await fs.chmod(join(directory, 'renamed'), 0o600);
await fs.utimes(join(directory, 'renamed'), 1000, 2000);
const stat = await fs.lstat(join(directory, 'renamed'));
console.log(stat.mode.toString(8), stat.mtimeMs, await fs.readlink(join(directory, 'link')));
await fs.cp(join(directory, 'a'), join(directory, 'copy'), { recursive: true });
console.log((await fs.readdir(join(directory, 'copy'))).length);
// One after the other: a rejection that nobody awaits yet ends the program.
for (const call of [
  () => fs.readFile('missing'),
  () => fs.mkdir(directory),
  () => fs.rmdir(directory),
  () => fs.open('/etc', 'w'),
]) {
  console.log(await call().catch((error) => error.code));
}
const watcher = watch(directory);
const changed = new Promise((resolve) =>
  watcher.on('change', (_, name) => name === 'signal' && resolve(name)),
);
await fs.writeFile(join(directory, 'signal'), '');
console.log('watched', await changed);
watcher.close();
await fs.rm(directory, { recursive: true });
console.log(await fs.access(directory).catch((error) => error.code));
