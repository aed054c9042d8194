/**
 * The control protocol of a sandbox: requests and answers over a unix stream socket in its state directory.
 *
 * A frame is a 32-bit little-endian length and that many bytes of JSON (UTF-8). Descriptors of a request come with its first
 * byte (SCM_RIGHTS). Answers carry the request's number and come in any order: `wait` answers when there is something to say.
 */
import type {
  BootSpec,
  ContainerLimits,
  ContainerSpec,
  NetworkSpec,
  ProcessSpec,
} from '../sentry/container-spec.js';

/** Changes whenever an older client would misunderstand an answer or be misunderstood. */
export const CONTROL_VERSION = 1;

/** Bytes of one frame at most: arguments and environment of a process may take some megabytes. */
export const MAX_FRAME = 16 * 1024 * 1024;
/** Descriptors of one request at most (SCM_MAX_FD of the kernel). */
export const MAX_FRAME_FDS = 253;

export type ContainerStatus = 'created' | 'running' | 'paused' | 'stopped';

/** A process as `ps` shows it. */
export interface ProcessInfo {
  readonly uid: number;
  /** Number inside the container, and on the host. */
  readonly pid: number;
  readonly hostPid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly threads: number;
  /** Terminal, e.g. pts/0, or "?". */
  readonly tty: string;
  /** Start, milliseconds since the epoch. */
  readonly started: number;
  /** Processor time, milliseconds. */
  readonly cpu: number;
  readonly command: string;
}

/** A process that stands before its first instruction. */
export interface PreparedProcess {
  /** Number inside the container. */
  readonly pid: number;
  /** Number in the pid namespace of the sentry. */
  readonly hostPid: number;
}

/** The guest side's part of the statistics; the rest is in the cgroup. */
export interface ContainerStats {
  /** Processor time of all processes, dead ones included, nanoseconds. */
  readonly cpu: number;
  readonly tasks: number;
  /** Bytes: resident memory of guests, and what files in memory take. */
  readonly resident: number;
  readonly files: number;
  /** Processes that the sentry killed for lack of memory; the host's OOM killer has a count of its own. */
  readonly oomKills: number;
  readonly limits: ContainerLimits;
}

export interface DebugParams {
  readonly logLevel?: string;
  /** Log calls or not from now on, in a sandbox that was created with --strace; undefined: as it is. */
  readonly strace?: boolean;
  /** Answer with what the sentry's tasks are doing. */
  readonly stacks?: boolean;
}

/** Parameters and results by method. */
export interface ControlMethods {
  /** First of all: makes the room. The reaper's pid names the pid namespace of guests, in which stubs live. */
  boot: {
    params: BootSpec;
    result: { readonly version: number; readonly pid: number; readonly reaperPid: number };
  };
  /** Before the first container. Afterwards the sentry opens nothing of the host's by itself. */
  network: { params: NetworkSpec; result: Record<string, never> };
  /** A container whose first process stands before its first instruction. */
  create: { params: ContainerSpec; result: PreparedProcess };
  /** Lets the first process go. */
  start: { params: { readonly id: string }; result: Record<string, never> };
  /** One more process, standing; `resumeProcess` lets it go. */
  exec: { params: { readonly id: string; readonly process: ProcessSpec }; result: PreparedProcess };
  startExec: { params: { readonly id: string; readonly pid: number }; result: Record<string, never> };
  state: {
    params: { readonly id: string };
    /** exitStatus: as wait4(2) encodes it, once stopped. */
    result: { readonly status: ContainerStatus; readonly hostPid: number; readonly exitStatus?: number };
  };
  /** To the first process; to `pid`; to a process group; or to all of the container. */
  signal: {
    params: {
      readonly id: string;
      readonly signal: number;
      readonly pid?: number;
      readonly pgid?: number;
      readonly all?: boolean;
    };
    result: Record<string, never>;
  };
  ps: { params: { readonly id: string }; result: readonly ProcessInfo[] };
  pause: { params: { readonly id: string }; result: Record<string, never> };
  resume: { params: { readonly id: string }; result: Record<string, never> };
  update: {
    params: { readonly id: string; readonly limits: ContainerLimits };
    result: Record<string, never>;
  };
  stats: { params: { readonly id: string }; result: ContainerStats };
  /** Answers when the process (the first one without `pid`) has ended. */
  wait: { params: { readonly id: string; readonly pid?: number }; result: { readonly status: number } };
  /** Kills what is left of a container and forgets it; without any container left the sentry ends. */
  delete: { params: { readonly id: string }; result: Record<string, never> };
  debug: { params: DebugParams; result: { readonly text: string } };
}

export type ControlMethod = keyof ControlMethods;

export interface ControlRequest<M extends ControlMethod = ControlMethod> {
  readonly v: typeof CONTROL_VERSION;
  readonly id: number;
  readonly method: M;
  readonly params: ControlMethods[M]['params'];
  /** How many descriptors came with it. */
  readonly fds: number;
}

/** Why a request failed; `code` is stable, `message` is one line for people, in the words that engines look for. */
export interface ControlError {
  readonly code:
    | 'version'
    | 'invalid'
    | 'not-found'
    | 'exists'
    | 'not-running'
    | 'wrong-state'
    | 'not-executable'
    | 'no-such-program'
    | 'refused'
    | 'internal';
  readonly message: string;
}

export type ControlResponse =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ControlError };
