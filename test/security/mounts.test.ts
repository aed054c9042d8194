/** What a guest with every capability inside can do to the mounts that the operator made: cover and copy, nothing else. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Each line must fail. */
const ATTEMPTS = `
umount /v
umount -l /v
umount -l /proc
mount -o remount,rw /v
mount -o remount,bind,rw /v
mount --move /v /mnt
touch /v/by-remount
mount --bind /v /mnt && mount -o remount,bind,rw /mnt
touch /mnt/by-bind
umount /mnt; mount --bind / /mnt
mount --rbind / /mnt && umount /mnt/v
umount -l /mnt; mount -o remount,rw /sys
mount -t ext4 /dev/vda /mnt
`;

test('a read-only volume stays where it is and read-only', async (t) => {
  if (!requireTool(t, 'mount') || !requireTvisor(t)) return;
  const host = mkdtempSync(join(tmpdir(), 'tvisor-test-volume-'));
  try {
    writeFileSync(join(host, 'here'), 'x');
    const script = ATTEMPTS.trim()
      .split('\n')
      .map((line) => `if { ${line}; } 2>/dev/null; then echo 'DONE: ${line}'; fi`)
      .join('\n');
    const flags = ['--user', '0', '--volume', `${host}:/v:ro`];
    const result = await runSandbox(['sh', '-c', `${script}\nls /v`], { flags, timeout: 60_000 });
    assert.equal(result.stderr, '');
    assert.equal(result.stdout, 'here\n');
    assert.deepEqual(readdirSync(host), ['here']);
  } finally {
    rmSync(host, { recursive: true });
  }
});

/** Each line must show nothing of what the inner volume covers, nor be taken for an option. */
const LOOKS = `
mount --make-unbindable /v/inner; mount --rbind /v /mnt; cat /mnt/inner/secret
umount -l /mnt; mkdir /v/room; mount --bind /v/room /mnt; mv /v/outer /v/room/outer; cat /mnt/outer/inner/secret
umount -l /mnt; mount -t tmpfs -o constructor=1 none /mnt
mount -t tmpfs -o __proto__=1 none /mnt
`;

test('what a volume covers stays covered', async (t) => {
  if (!requireTool(t, 'mount') || !requireTvisor(t)) return;
  const host = mkdtempSync(join(tmpdir(), 'tvisor-test-volume-'));
  const cover = mkdtempSync(join(tmpdir(), 'tvisor-test-cover-'));
  try {
    for (const dir of ['inner', 'outer/inner']) {
      mkdirSync(join(host, dir), { recursive: true });
      writeFileSync(join(host, dir, 'secret'), 'x');
    }
    const script = LOOKS.trim()
      .split('\n')
      .map((line) => `if { ${line}; } 2>/dev/null; then echo 'DONE: ${line}'; fi`)
      .join('\n');
    const volumes = [`${host}:/v`, `${cover}:/v/inner`, `${cover}:/v/outer/inner`];
    const flags = ['--user', '0', ...volumes.flatMap((v) => ['--volume', v])];
    const result = await runSandbox(['sh', '-c', `${script}\nls /v`], { flags, timeout: 60_000 });
    assert.equal(result.stderr, '');
    assert.equal(result.stdout, 'inner\nouter\nroom\n');
  } finally {
    rmSync(host, { recursive: true });
    rmSync(cover, { recursive: true });
  }
});
