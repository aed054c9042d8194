/** An error of the sandbox itself, told in one line; `status` is the exit status. */
export class SandboxError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
