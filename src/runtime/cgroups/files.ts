/** Reading and writing the files of cgroup file systems. */

import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { CgroupError, codeOf } from './error.js';

/** One value for one file, and the config's field that asks for it. */
export interface Setting {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
  /** As in config.json, below `linux.resources`: `memory.limit`. */
  readonly field: string;
}

/** Text of a file without its last newline; undefined when there is none or it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trimEnd();
  } catch {
    return undefined;
  }
}

/** A file's number; `max` is Infinity, and 0 when there is none. */
export function readNumber(path: string): number {
  const text = readText(path);
  if (text === undefined) return 0;
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isNaN(value) ? 0 : value;
}

/** A file of lines `KEY VALUE`. */
export function readKeyed(path: string): Map<string, number> {
  const out = new Map<string, number>();
  for (const line of (readText(path) ?? '').split('\n')) {
    const space = line.lastIndexOf(' ');
    const value = Number(line.slice(space + 1));
    if (space > 0 && !Number.isNaN(value)) out.set(line.slice(0, space), value);
  }
  return out;
}

/** Writes one value into an existing file in one write(2), as these files want it. @throws the file system's error */
export function writeText(path: string, value: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
  try {
    writeSync(fd, value, null, 'latin1');
  } finally {
    closeSync(fd);
  }
}

/** @throws CgroupError that names field, value and cause */
export function apply(directory: string, setting: Setting): void {
  try {
    writeText(`${directory}/${setting.file}`, setting.value);
  } catch (error) {
    throw failure(directory, setting, error);
  }
}

export function failure(directory: string, setting: Setting, error: unknown): CgroupError {
  const { field, value, controller, file } = setting;
  const code = codeOf(error);
  if (code === 'ENOENT') {
    return new CgroupError(
      `linux.resources.${field} cannot be set: the ${controller} controller has no ${file} in ${directory}`,
    );
  }
  const why = code === '' ? String(error) : code;
  return new CgroupError(
    `linux.resources.${field} cannot be set: writing "${value}" to ${directory}/${file}: ${why}`,
  );
}

/** An integer as the kernel reads it: no exponent, whatever its size. */
export function integer(value: number): string {
  return BigInt(Math.trunc(value)).toString();
}
