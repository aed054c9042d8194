/** Comparing two runs, as the compatibility runner does. */
import assert from 'node:assert/strict';
import { describeDifference, type Ending } from '../../compat/difference.js';

/** Fail with a readable difference unless both runs ended alike and printed the same bytes. */
export function assertSameRun(native: Ending, sandbox: Ending): void {
  const text = describeDifference(native, sandbox);
  if (text !== undefined) {
    assert.fail(text);
  }
}
