/** Where log lines end: a descriptor, written to at once. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** How often a full pipe or terminal is waited for, a millisecond each, before the rest of a line is dropped. */
const MAX_WAITS = 1000;

/**
 * Writes whole lines to a descriptor, synchronously and without threads, so that a record is out before whatever
 * comes next, a crash included, and so that it works in a process that has given up all rights to open anything.
 * A line that cannot be written is dropped: a log must not stop what it is about.
 */
export class LineSink {
  private readonly cell = new Int32Array(new SharedArrayBuffer(4));

  private constructor(
    private readonly fd: number,
    private readonly owned: boolean,
  ) {}

  /** Lines go to `fd`, which stays the caller's. */
  static toDescriptor(fd: number): LineSink {
    return new LineSink(fd, false);
  }

  /** Lines are appended to `path`, which is created (mode 0644) if need be; throws what open(2) says. */
  static toFile(path: string): LineSink {
    return new LineSink(openSync(path, 'a', 0o644), true);
  }

  /** Write one or more whole lines. */
  write(lines: string): void {
    const bytes = Buffer.from(lines, 'utf8');
    let done = 0;
    let waits = 0;
    while (done < bytes.length) {
      try {
        done += writeSync(this.fd, bytes, done);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'EINTR') continue;
        if (code !== 'EAGAIN' || ++waits > MAX_WAITS) return;
        // The descriptor is non-blocking (a terminal that another program has set so) and full.
        Atomics.wait(this.cell, 0, 0, 1);
      }
    }
  }

  /** Close the file, if it is the sink's own. */
  close(): void {
    if (this.owned) closeSync(this.fd);
  }
}
