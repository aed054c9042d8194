/** What the open files behind `anon_inode:` names have in common (fs/anon_inodes.c): event descriptors of every kind. */
import type { Kernel } from '../kernel/kernel.js';
import { NO_SPLICES, OpenFile } from '../vfs/file.js';
import { anonPath } from './anon.js';

export abstract class AnonFile extends OpenFile {
  /**
   * @param name as in the brackets of /proc/pid/fd: eventfd, timerfd ...
   * @param flags of the description, as open(2) takes them
   */
  constructor(kernel: Kernel, name: string, flags: number) {
    super(anonPath(kernel, `anon_inode:${name}`, 0), flags);
  }

  override get seekable(): boolean {
    return false;
  }
  /** noop_llseek: succeeds and moves nothing. */
  override seek(): number {
    return this.pos;
  }
  override get splices(): typeof NO_SPLICES {
    return NO_SPLICES;
  }
  override get pollable(): boolean {
    return true;
  }
}
