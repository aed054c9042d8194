/** The two files of --profile: opened at the start, for nothing is opened by name once the sentry is locked down. */

import { closeSync, openSync, writeSync } from 'node:fs';

export class OutputFile {
  private readonly fd: number;

  /** Creates or empties `path` (mode 0644); throws what open(2) says. */
  constructor(readonly path: string) {
    this.fd = openSync(path, 'w', 0o644);
  }

  /** Writes the whole contents and closes the file; throws what write(2) says. */
  finish(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    } finally {
      closeSync(this.fd);
    }
  }
}
