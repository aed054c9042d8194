/** V8's sampling profiler over the sentry: node:inspector within the process, no port, nothing listens. */

import { type Profiler, Session } from 'node:inspector';
import type { Native } from '../platform/native.js';

/** Microseconds from one sample to the next. */
const INTERVAL = 500;
/** Milliseconds until sampling stops: V8 keeps all samples in memory, some 40 MB by then. */
export const LONGEST = 10 * 60_000;

export class CpuProfiler {
  private readonly session = new Session();
  readonly intervalNs = INTERVAL * 1000;

  /** Starts the profiler's thread, which therefore has to be before the lock-down. */
  start(): void {
    const { session } = this;
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    session.post('Profiler.start');
  }

  /** Ends it; the profile as Chrome's developer tools and speedscope read it (a .cpuprofile). */
  stop(): Profiler.Profile {
    let profile: Profiler.Profile | undefined;
    // A session within the process answers before `post` returns.
    this.session.post('Profiler.stop', (error, result) => {
      if (error === null) profile = result.profile;
    });
    this.session.disconnect();
    if (profile === undefined) throw new Error('the profiler has no profile');
    return profile;
  }
}

/** The addon with a TypeScript function around `next`: a frame of its own for the time in which nothing is to be done. */
export function waitingByName(native: Native): Native {
  const waitForGuests = (timeoutMs: number): number => native.next(timeoutMs);
  return Object.assign(Object.create(native) as Native, { next: waitForGuests });
}

/** V8 gives all functions of an addon the name of one of them: call them what they are. The caller's frame says which. */
export function nameAddon(profile: Profiler.Profile, native: Native): Profiler.Profile {
  for (const { callFrame } of profile.nodes) {
    if (callFrame.url === '' && Object.hasOwn(native, callFrame.functionName)) {
      callFrame.functionName = '(addon)';
    }
  }
  return profile;
}
