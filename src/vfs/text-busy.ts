/**
 * A program that runs is not written to, and a file that is open for writing is not run: ETXTBSY (i_writecount,
 * include/linux/fs.h). Writers are counted; who runs a file is asked of the processes, so that no count can go astray.
 */

import { ETXTBSY } from '../abi/errno.js';
import { S_IFMT, S_IFREG } from '../abi/stat.js';
import type { Kernel } from '../kernel/kernel.js';
import type { OpenFile } from './file.js';
import type { Inode } from './inode.js';

/** Objects that were a program at some time: only for them is the process table looked at. */
const programs = new WeakSet<Inode>();

/** May a regular file be opened for writing or truncated? @returns 0, or -ETXTBSY while a live process runs it */
export function denyIfRunning(kernel: Kernel, inode: Inode): number {
  if (!programs.has(inode)) return 0;
  for (const { group } of kernel.tasks.values()) if (group.exe?.dentry.inode === inode) return -ETXTBSY;
  return 0;
}

/** @returns 0, or -ETXTBSY while somebody has the file open for writing */
export function denyIfWritten(inode: Inode): number {
  return inode.writers > 0 ? -ETXTBSY : 0;
}

/** `inode` is a process's program from now on. */
export function noteProgram(inode: Inode): void {
  programs.add(inode);
}

/** open(2) made a description: counts it if it can write. */
export function countWriter(file: OpenFile, inode: Inode): void {
  if (!file.writable || (inode.mode & S_IFMT) !== S_IFREG) return;
  inode.writers++;
  file.writes = inode;
}

/** The end of a description. */
export function uncountWriter(file: OpenFile): void {
  if (file.writes === undefined) return;
  file.writes.writers--;
  file.writes = undefined;
}
