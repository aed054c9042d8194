/** The shape of the file that --profile writes; docs/profiling.md explains it. All times are integer nanoseconds. */

/**
 * Who answered: `native`: the host kernel, past the sentry; `fast`: the addon, without entering TypeScript; `typescript`: a
 * handler; `traced`: the tracer had changed registers before the host ran it (clone, execve, rt_sigtimedwait).
 */
export type Place = 'native' | 'fast' | 'typescript' | 'traced';
export const places: readonly Place[] = ['native', 'fast', 'typescript', 'traced'];

/** Percentiles are right to 1%, `total` and `max` exactly. */
export interface Times {
  samples: number;
  total: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

export interface CallReport {
  name: string;
  /** null: all numbers that x86-64 does not have, together. */
  nr: number | null;
  place: Place;
  /** count = succeeded + failed + unknown. */
  count: number;
  succeeded: number;
  failed: number;
  /** Nobody saw a result: the call never returns, the host ran it on after the sentry, or its caller or the sandbox ended. */
  unknown: number;
  /** Failed calls by name of the error. */
  errors: Record<string, number>;
  /** Answering it, without waiting; null: not measured at this place. */
  time: Times | null;
  /** Waiting, of the calls that had to. */
  wait: Times;
  bytes: {
    /** Sum of the results of calls that read or write data. */
    moved: number;
    /** Guest memory that the sentry copied in and out for it. */
    guestRead: number;
    guestWritten: number;
  };
}

export interface PlaceReport {
  count: number;
  failed: number;
  /** Sums over the calls. */
  time: number;
  wait: number;
}

export interface ProfileReport {
  format: 'tvisor-profile';
  version: 1;
  tvisor: string;
  command: string[];
  /** ISO 8601. */
  started: string;
  elapsed: number;
  exitStatus: number;
  /** What watching adds to each native time at least: the shortest one that was seen. null: none was. */
  nativeFloor: number | null;
  cpuProfile: {
    file: string;
    /** Nanoseconds from one sample to the next. */
    interval: number;
    samples: number;
    /** Sampling stopped before the sandbox did, so that it does not fill the memory. */
    cut: boolean;
  };
  places: Record<Place, PlaceReport>;
  /** Dearest first. */
  calls: CallReport[];
}
