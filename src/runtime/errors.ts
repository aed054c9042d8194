/** Why a command of the runtime failed: one line in the words that engines look for. */

/** Exit status of the runtime's own errors; runsc's too. */
export const EXIT_FAILURE = 128;
/** A program is there but cannot be executed, or is not there: as shells have it. */
export const EXIT_NOT_EXECUTABLE = 126;
export const EXIT_NOT_FOUND = 127;

export class RuntimeError extends Error {
  /** @param status with which the command ends */
  constructor(
    message: string,
    readonly status: number = EXIT_FAILURE,
  ) {
    super(message);
    this.name = 'RuntimeError';
  }
}

/** There is no container of that name. */
export class NotFoundError extends RuntimeError {
  constructor(id: string) {
    super(`container "${id}" does not exist`);
    this.name = 'NotFoundError';
  }
}

/** What a failed system call says, without Node's decoration: `no such file or directory`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const match = /^[A-Z0-9]+: ([^,]+), \w+/.exec(error.message);
  return match?.[1] ?? error.message;
}
