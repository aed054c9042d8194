/**
 * Epoll descriptors that watch others: no circles, no long chains, and not too many ways to one file, for a wake-up travels
 * all of them (ep_loop_check and reverse_path_check in fs/eventpoll.c).
 */

import type { OpenFile } from '../vfs/file.js';
import { Epoll, Item } from './epoll.js';

/** EP_MAX_NESTS: links between epoll descriptors in a chain. */
const MAX_NESTS = 4;
/** How many ways of 1, 2 ... links may lead to one file; of those without a link there may be any number. */
const WAYS = [Number.POSITIVE_INFINITY, 500, 100, 50, 10];

/** True if `upper` may not watch `lower`: that would make a circle or too long a chain. */
export function closesLoop(upper: Epoll, lower: Epoll): boolean {
  const below = depthBelow(lower, upper, 0, new Map());
  return below > MAX_NESTS || below + 1 + depthAbove(upper, 0, new Map()) > MAX_NESTS;
}

/** Links in the longest chain down from `epoll`; more than MAX_NESTS when it meets `forbidden` or is too long. */
function depthBelow(epoll: Epoll, forbidden: Epoll, depth: number, known: Map<Epoll, number>): number {
  const before = known.get(epoll);
  if (before !== undefined) return before;
  let most = 0;
  for (const file of epoll.watched) {
    if (!(file instanceof Epoll)) continue;
    if (file === forbidden || depth > MAX_NESTS) most = Number.POSITIVE_INFINITY;
    else most = Math.max(most, depthBelow(file, forbidden, depth + 1, known) + 1);
    if (most > MAX_NESTS) break;
  }
  known.set(epoll, most);
  return most;
}

/** Links in the longest chain up from `epoll`. */
function depthAbove(epoll: Epoll, depth: number, known: Map<Epoll, number>): number {
  const before = known.get(epoll);
  if (before !== undefined) return before;
  let most = 0;
  if (depth <= MAX_NESTS) {
    for (const upper of watchersOf(epoll)) most = Math.max(most, depthAbove(upper, depth + 1, known) + 1);
  }
  known.set(epoll, most);
  return most;
}

/** The epoll descriptors that watch a file, one for each watch. */
function* watchersOf(file: OpenFile): Iterable<Epoll> {
  for (const w of file.watchers ?? []) if (w instanceof Item) yield w.epoll;
}

/** After a link to `file` was made: do too many ways lead to it, or to a file below it? */
export function tooManyWays(file: OpenFile): boolean {
  if (!(file instanceof Epoll)) return waysExceed(file);
  const seen = new Set<Epoll>([file]);
  for (const epoll of seen) {
    // To all files that only this one watches lead the same ways: one of them stands for all.
    let alike = false;
    for (const below of epoll.watched) {
      if (below instanceof Epoll) seen.add(below);
      else if (!alike || (below.watchers?.size ?? 0) > 1) {
        if (waysExceed(below)) return true;
        alike ||= (below.watchers?.size ?? 0) === 1;
      }
    }
  }
  return false;
}

function waysExceed(file: OpenFile): boolean {
  const left = [...WAYS];
  const walk = (from: OpenFile, depth: number): boolean => {
    if (depth > MAX_NESTS) return true;
    for (const upper of watchersOf(from)) {
      if ((upper.watchers?.size ?? 0) > 0) {
        if (walk(upper, depth + 1)) return true;
      } else if (--(left as number[])[depth]! < 0) return true;
    }
    return false;
  };
  return walk(file, 0);
}
