/** Temporary directories, which never outlive the process that made them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratchDirectories: string[] = [];

/** A new directory under the system's temporary directory, removed when this process ends. */
export function scratchDirectory(label: string): string {
  const directory = mkdtempSync(join(tmpdir(), `tvisor-scratch-${label}-`));
  if (scratchDirectories.length === 0) {
    process.on('exit', () => {
      for (const entry of scratchDirectories) {
        rmSync(entry, { recursive: true, force: true, maxRetries: 3 });
      }
    });
  }
  scratchDirectories.push(directory);
  return directory;
}

/** As `scratchDirectory`, gone as soon as the callback has finished. */
export async function withScratch<T>(label: string, body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), `tvisor-scratch-${label}-`));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
