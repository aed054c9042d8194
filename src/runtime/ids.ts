/** Names of containers. */
import { RuntimeError } from './errors.js';

/** NAME_MAX of limits.h: a container is a directory of that name. */
const MAX_ID = 255;

/**
 * Check a container's id as runc does: letters, digits and `_+-.,`, not `.` or `..`. (Its `[\w+-\.]` is a range from + to
 * the full stop, so the comma is in it.)
 *
 * @throws RuntimeError
 */
export function checkId(id: string): void {
  if (id === '') throw new RuntimeError('container id must not be empty');
  if (id.length > MAX_ID) {
    throw new RuntimeError(`invalid container id: ${id.length} characters, of at most ${MAX_ID}`);
  }
  if (!/^[\w+\-.,]+$/.test(id) || id === '.' || id === '..') {
    throw new RuntimeError(
      `invalid id format: container id ${JSON.stringify(id)} may have letters, digits, _ + - . only`,
    );
  }
}
