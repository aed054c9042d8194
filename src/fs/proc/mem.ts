/** /proc/pid/mem: a process's memory as a file, its offsets being addresses (proc_pid_mem(5)). */

import { EIO } from '../../abi/errno.js';
import { S_IFREG } from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import type { Path } from '../../vfs/dentry.js';
import { OpenFile } from '../../vfs/file.js';
import { PseudoInode } from '../pseudo.js';
import { mayInspect, ownerOf } from './pid.js';
import type { ProcFs } from './proc.js';
import { type Subject, speaker } from './status.js';

/** Bytes that one read or write moves at most. */
const CHUNK = 65536;

export class MemInode extends PseudoInode {
  constructor(
    proc: ProcFs,
    private readonly subject: Subject,
    key: string,
  ) {
    super(proc, key, S_IFREG | 0o600, proc.time, () => ownerOf(subject));
  }
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    const err = mayInspect(task, this.subject);
    return err < 0 ? err : new MemFile(path, flags, speaker(this.subject));
  }
}

class MemFile extends OpenFile {
  /** @param target whose memory; a process that executes another program or ends has no memory to show any more */
  constructor(
    path: Path,
    flags: number,
    private readonly target: Task | undefined,
    private readonly program = target?.group.exe,
  ) {
    super(path, flags);
  }

  private get alive(): Task | undefined {
    const { target } = this;
    return target?.group.tasks.has(target) === true && target.group.exe === this.program ? target : undefined;
  }

  override read(_task: Task, sink: Sink, pos: number): number {
    const { alive } = this;
    const buf = new Uint8Array(Math.min(sink.remaining, CHUNK));
    if (alive === undefined || buf.length === 0) return 0;
    const n = alive.mem.read(pos, buf, 0, buf.length);
    return n <= 0 ? -EIO : sink.put(buf, 0, n);
  }

  override write(_task: Task, source: Source, pos: number): number {
    const { alive } = this;
    const buf = new Uint8Array(Math.min(source.remaining, CHUNK));
    if (alive === undefined || buf.length === 0) return 0;
    const got = source.take(buf, 0, buf.length);
    if (got < 0) return got;
    const n = alive.mem.write(pos, buf, 0, got);
    return n <= 0 ? -EIO : n;
  }
}
