/** `spec`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { specTemplate } from '../oci/spec-template.js';
import { RuntimeError, reasonOf } from './errors.js';

export interface SpecOptions {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly netns?: string;
  readonly rootless: boolean;
}

/** Write a new config.json. @throws RuntimeError if there is one */
export function writeSpecFile(bundle: string, { args, cwd, netns, rootless }: SpecOptions): void {
  const template = specTemplate({
    ...(args.length === 0 ? {} : { args }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(netns === undefined ? {} : { netns }),
    ...(rootless ? { rootless: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 } } : {}),
  });
  const path = join(bundle, 'config.json');
  try {
    writeFileSync(path, `${JSON.stringify(template, null, '\t')}\n`, { flag: 'wx', mode: 0o666 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new RuntimeError(`file ${path} exists: remove it first`);
    }
    throw new RuntimeError(`${path}: ${reasonOf(error)}`);
  }
}
