/** Reading a bundle's config.json. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeError, reasonOf } from './errors.js';

/** Bytes of config.json at most: with a large seccomp profile it has a tenth of a megabyte. */
const MAX_CONFIG = 16 * 1024 * 1024;

/**
 * The text of a bundle's configuration.
 *
 * @param bundle absolute path of the directory
 * @param config absolute path of the file, if it is not the bundle's config.json
 * @throws RuntimeError that says which of the two is not there
 */
export function readConfigText(bundle: string, config: string = join(bundle, 'config.json')): string {
  try {
    if (!statSync(bundle).isDirectory()) throw new RuntimeError(`bundle ${bundle}: not a directory`);
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`bundle ${bundle}: ${reasonOf(error)}`);
  }
  try {
    const { size } = statSync(config);
    if (size > MAX_CONFIG) throw new RuntimeError(`${config}: larger than ${MAX_CONFIG} bytes`);
    return readFileSync(config, 'utf8');
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(`${config}: ${reasonOf(error)}`);
  }
}
