/** Host directories kept open, so that looking up their names takes one short host call wherever they lie. */

import type { HostDir } from './dir.js';

/** Over all shared directories of the sandbox. */
const MAX_OPEN = 512;

const open: HostDir[] = [];
/** Where the search for one to close goes on. */
let hand = 0;

/** `dir` has opened its descriptor; another one may be closed for it. */
export function noteOpen(dir: HostDir): void {
  if (open.length < MAX_OPEN) {
    open.push(dir);
    return;
  }
  // Who was used since the hand came by stays for another round; two rounds find somebody, if not all are in use.
  for (let i = 0; i < 2 * MAX_OPEN; i++) {
    hand = (hand + 1) % open.length;
    const old = open[hand] as HostDir;
    if (old.recentlyUsed) old.recentlyUsed = false;
    else if (old.holds === 0) {
      old.closeFd();
      open[hand] = dir;
      return;
    }
  }
  open.push(dir);
}

/** Closes those of a file system that is gone. @param isIts whether a directory is one of it */
export function closeAll(isIts: (dir: HostDir) => boolean): void {
  let left = 0;
  for (const dir of open) {
    if (isIts(dir)) dir.closeFd();
    else open[left++] = dir;
  }
  open.length = left;
  hand = 0;
}
