/** A pid namespace to put stubs into, in place of a sandbox's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stubs make namespaces and mounts of the host's. */
export const skipUnlessRoot = process.geteuid?.() === 0 ? false : 'needs root';

/** Runs `body` with the pid of a first process of a new pid namespace, which is killed afterwards. */
export async function withReaper(body: (reaperPid: number) => Promise<void> | void): Promise<void> {
  const holder = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sleep', '600'], { stdio: 'ignore' });
  try {
    await body(await firstChild(holder));
  } finally {
    holder.kill('SIGKILL');
  }
}

async function firstChild({ pid }: ChildProcess): Promise<number> {
  for (let i = 0; i < 500; i++) {
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim());
    // Not the copy of unshare(1) that it is first.
    if (child > 0 && readFileSync(`/proc/${child}/comm`, 'latin1').trim() === 'sleep') return child;
    await sleep(10);
  }
  throw new Error('unshare(1) has started nothing');
}

/** 4 bytes of a stub's link. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
