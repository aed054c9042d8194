/** Looking for names below a directory of the host as a container whose root it is would. */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';

const MAX_LINKS = 40;

/** @returns undefined also where something on the way is no directory, or may not be looked into */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Is there anything at `path` in a container with this root? Links are followed, and lead nowhere but below the root.
 *
 * @param root absolute path on the host
 * @param path inside
 */
export function existsInRoot(root: string, path: string): boolean {
  const todo = path.split('/').reverse();
  let here = '/';
  let links = 0;
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (name === '' || name === '.') continue;
    // Never above the root.
    const next = posix.join(here, name);
    const found = statOf(join(root, next));
    if (found === undefined) return false;
    if (!found.isSymbolicLink()) {
      here = next;
      continue;
    }
    if (++links > MAX_LINKS) return false;
    const target = readlinkSync(join(root, next));
    if (target.startsWith('/')) here = '/';
    todo.push(...target.split('/').reverse());
  }
  return true;
}
