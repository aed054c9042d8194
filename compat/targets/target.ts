/** What is tested: a way of running a command, as the runners of all suites see it. */
import type { TargetInfo } from '../model.js';

/** How the tested command is to be run. Paths are absolute and the same inside and outside. */
export interface CommandOptions {
  /**
   * Its working directory: one on the host that it may write to. Whether the host sees what it writes is the target's
   * affair, since sandboxes usually have an overlay.
   */
  cwd: string;
  /** Its whole environment, as far as the target lets one say so. */
  env: Record<string, string>;
  /** Other host directories that it needs to see; of a target that shows all of the host's, nothing is asked. */
  visible?: readonly string[];
}

/** A command line to run on the host, for `runBounded`. */
export interface TargetCommand {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /** Removes what was made for this one command, also after it was killed; call it when the command has ended. */
  discard(): Promise<void>;
}

export interface Target {
  readonly info: TargetInfo;
  /** Why nothing can be run; empty if something can. */
  readonly unavailable: string;
  /** True if the host's kernel answers the program directly, in this user's own world: the oracle. */
  readonly native: boolean;
  /**
   * The host command that runs a command under this target, with its standard files and its exit status passed through.
   *
   * @param words the tested program, with its absolute path, and its arguments
   */
  command(words: readonly string[], options: CommandOptions): TargetCommand;
  /** Remove everything that was made for this target. */
  cleanup(): Promise<void>;
}

/** For commands that leave nothing behind. */
export async function nothingToDiscard(): Promise<void> {}
