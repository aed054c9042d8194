/** Errors of the host's control groups, as an operator should read them. */

/** A cgroup could not be made, limited or entered. The message is one line and names the config's field where there is one. */
export class CgroupError extends Error {
  override readonly name = 'CgroupError';
}

/** Code of a file system error (`ENOENT`), '' for anything else. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
