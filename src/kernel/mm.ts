/** Address spaces (struct mm_struct): the host's, but who shares one and which segments were attached to it is known here. */

import type { LanePlaces } from '../arch/lane-layout.js';
import type { ShmSegment } from './ipc/shm.js';
import type { Task } from './task.js';

export class AddressSpace {
  /** Live tasks in it; any of them shows the host's view of it. */
  readonly tasks = new Set<Task>();
  /** Segments of shared memory that may be mapped in it: all that ever were, not those that still are. */
  readonly segments = new Set<ShmSegment>();
  /** Copies of it by clone(2) that the host may have made already and that are not known here yet. */
  copying = 0;
  /** Where the program in it has the fast lane's code, and the lane's memory (src/platform/lane). */
  lanePlaces: LanePlaces | undefined;
  lane: object | undefined;
  /** Some task in it has a filter that the lane would lead around. */
  laneForbidden = false;
  /** Memory of the loader's where the sentry puts a filter for the host to read; 0: not known. In use for a call. */
  scratch = 0;
  scratchBusy = false;
  /** It was copied while it had a lane: some other process may still have the lane's memory mapped when this one is gone. */
  laneCopied = false;
  /** Carries out what the program has asked for through the lane, before anything else that it asks for. */
  drain: (() => void) | undefined;
  /** Called when the last task has left. */
  onEmpty: (() => void) | undefined;
}
