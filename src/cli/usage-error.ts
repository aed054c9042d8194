/** A mistake in a command line. */

/** Says what is wrong and where; the program prints it as one line and exits with status 128. */
export class UsageError extends Error {
  /**
   * @param where the option or argument at fault, as the user wrote it, e.g. `--user`
   * @param what what is wrong with it, e.g. `'x': expected UID[:GID]`
   */
  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.name = 'UsageError';
  }
}
