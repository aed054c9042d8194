/** The one image of these tests: the machine's static busybox, made into a root directory. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { scratchDirectory } from '../support/run.js';
import { findTool } from '../support/tools.js';

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:2:2:daemon:/:/bin/false
user:x:1000:1000:user:/home/user:/bin/sh
`;
const GROUP = `root:x:0:
daemon:x:2:
user:x:1000:
extra:x:2000:user
`;

/** Makes a root directory with busybox, its names as programs, `udp-echo`, and two users. @param root is made */
export async function makeRoot(root: string): Promise<void> {
  for (const directory of [
    'bin',
    'etc',
    'proc',
    'sys',
    'dev',
    'run',
    'root',
    'var',
    'srv',
    'home/user',
    'tmp',
  ]) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  const busybox = join(root, 'bin/busybox');
  copyFileSync(findTool('busybox') ?? '', busybox);
  chmodSync(busybox, 0o755);
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'latin1' }).trim().split('\n')) {
    if (name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name));
  }
  copyFileSync(
    await compile(join(testRoot, 'engines/udp-echo.c'), { libs: ['-static'] }),
    join(root, 'bin/udp-echo'),
  );
  writeFileSync(join(root, 'etc/passwd'), PASSWD);
  writeFileSync(join(root, 'etc/group'), GROUP);
  writeFileSync(join(root, 'srv/hello'), 'hello from the image\n');
}

/**
 * The root directory as an archive that `ctr image import` and others read, in the form of `docker save`.
 *
 * @param name repository and tag
 * @param command what it runs without another one
 * @returns its path, in a directory that goes when this process ends
 */
export async function imageArchive(root: string, name: string, command = ['/bin/sh']): Promise<string> {
  const directory = scratchDirectory('archive');
  execFileSync('tar', ['-C', root, '-cf', join(directory, 'layer.tar'), '.']);
  const layer = createHash('sha256')
    .update(readFileSync(join(directory, 'layer.tar')))
    .digest('hex');
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: command },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  });
  writeFileSync(join(directory, 'config.json'), config);
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(directory, 'image.tar');
  execFileSync('tar', ['-C', directory, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar']);
  return archive;
}
