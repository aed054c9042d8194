/** A container's /dev/console is the terminal of its first process. */

import type { Container } from '../../kernel/container.js';
import type { Path } from '../../vfs/dentry.js';
import { Places } from './places.js';

/** Mounts the terminal's node on /dev/console, as other runtimes do. @param terminal where it lies in the container's devpts */
export function mountConsole({ mounts }: Container, terminal: Path): void {
  const place = new Places(mounts).find('/dev/console');
  if (typeof place === 'number') return;
  const { fs, ownFlags, shown } = terminal.mount;
  const mount = mounts.create(fs, terminal.dentry, ownFlags);
  mount.shown = shown;
  mounts.attach(mount, place);
  // The operator's, like those that were there when the container was made.
  mount.locked = true;
  mount.lockedFlags = terminal.mount.lockedFlags;
}
