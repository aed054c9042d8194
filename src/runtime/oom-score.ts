/** Which processes the host ends first when its own memory is out: process.oomScoreAdj of config.json. */
import { writeFileSync } from 'node:fs';
import { reasonOf } from './errors.js';

/**
 * Give a process of the host the score; what it starts inherits it. To lower one takes a privilege that the caller may not have, and
 * nothing hangs on it: a refusal is only told.
 *
 * @param value undefined: it keeps the one that it has
 */
export function setOomScore(pid: number, value: number | undefined, tell: (line: string) => void): void {
  if (value === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(value));
  } catch (error) {
    tell(`process.oomScoreAdj ${value} of process ${pid}: ${reasonOf(error)}`);
  }
}
