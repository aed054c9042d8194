/** Root of a container with every capability about mounts: what the operator has mounted, hidden or closed stays so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tvisorPath } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';
import { findTool, missing } from '../support/tools.js';

const CAPABILITIES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER SYS_CHROOT SYS_PTRACE SYS_ADMIN SYS_RAWIO SYS_RESOURCE MKNOD'
    .split(' ')
    .map((name) => `CAP_${name}`);

/** Every line must fail. */
const REFUSED = `
umount /etc/secret
umount -l /keys
umount /proc
umount -l /shared
umount -l /
mount -o remount,rw /
mount -o remount,rw,bind /
mount -o remount,rw /shared
mount -o remount,rw,bind /shared
mount -o remount,exec,bind /shared
mount -o remount,rw,bind /closed
mount -o remount,rw /proc/sys
mount --bind / /mnt
mount --bind /etc /mnt
mount --move /shared /mnt
mount --move /etc/secret /mnt
mount -t ext4 /dev/sda /mnt
mount -t devtmpfs x /mnt
touch /new
touch /shared/new
touch /closed/new
touch /keys/new
cat /dev/disk
cat /dev/kmem
cat /dev/fuse`
  .trim()
  .split('\n');

const SCRIPT = `
mknod /dev/disk b 8 0; mknod /dev/kmem c 1 2; mknod /dev/fuse c 10 229
${REFUSED.map((line) => `if ${line} > /dev/null 2>&1; then echo "DONE ${line}"; fi`).join('\n')}
# What is copied with all that covers it is as closed as before.
mount --rbind / /mnt && echo copied
cat /mnt/etc/secret; ls /mnt/keys
for at in /mnt /mnt/shared /mnt/closed; do mount -o remount,rw,bind $at 2> /dev/null && echo "DONE $at"; touch $at/new 2> /dev/null && echo "DONE touch $at"; done
mount --bind /shared /mnt2 && echo bound
mount -o remount,rw,bind /mnt2 2> /dev/null && echo "DONE /mnt2"; touch /mnt2/new 2> /dev/null && echo "DONE touch /mnt2"
# Its own mounts are its own.
mount -t tmpfs own /own && touch /own/file && umount /own && echo own
`;

function config(): object {
  return {
    ociVersion: '1.0.2',
    process: {
      args: ['/bin/busybox', 'sh', '-c', SCRIPT],
      cwd: '/',
      env: ['PATH=/bin'],
      capabilities: Object.fromEntries(
        ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'].map((set) => [set, CAPABILITIES]),
      ),
    },
    root: { path: 'rootfs', readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/shared', type: 'bind', source: 'shared', options: ['bind', 'ro', 'noexec', 'nosuid'] },
    ],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      maskedPaths: ['/etc/secret', '/keys'],
      readonlyPaths: ['/closed', '/proc/sys'],
    },
  };
}

test('mounts of the operator stay as they are', async (t) => {
  const busybox = findTool('busybox');
  const tvisor = tvisorPath();
  assert.ok(tvisor, 'tvisor is not built');
  if (busybox === undefined || process.geteuid?.() !== 0) {
    missing(t, 'needs root and a static busybox');
    return;
  }
  await withScratch('container-mounts', async (bundle) => {
    const inside = (name: string): string => join(bundle, 'rootfs', name);
    for (const name of ['bin', 'etc', 'proc', 'dev', 'keys', 'closed', 'mnt', 'mnt2', 'own'])
      mkdirSync(inside(name), { recursive: true });
    mkdirSync(join(bundle, 'shared'));
    copyFileSync(busybox, inside('bin/busybox'));
    chmodSync(inside('bin/busybox'), 0o755);
    for (const name of ['sh', 'cat', 'ls', 'mknod', 'mount', 'touch', 'umount'])
      symlinkSync('busybox', inside(`bin/${name}`));
    writeFileSync(inside('etc/secret'), 'SECRET\n');
    writeFileSync(inside('keys/key'), 'SECRET\n');
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config()));
    const state = join(bundle, 'state');
    const { status, stdout, stderr } = spawnSync(
      tvisor,
      ['--root', state, 'run', '--bundle', bundle, `mounts-${process.pid}`],
      { encoding: 'latin1', timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    assert.equal(stdout, 'copied\nbound\nown\n', stderr);
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(join(bundle, 'shared')), []);
    assert.deepEqual(readdirSync(inside('closed')), []);
    assert.deepEqual(readdirSync(inside('keys')), ['key']);
  });
});
