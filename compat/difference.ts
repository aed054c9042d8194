/** Comparing what two runs printed, with a difference that a person can read. */
import type { BoundedResult } from './bounded.js';

/** What is compared of a run. */
export type Ending = Pick<BoundedResult, 'status' | 'stdout' | 'stderr' | 'timedOut'>;

/** Line numbers of the longest common subsequence would be nicer, but the first differences are what one looks at. */
const CONTEXT_LINES = 3;
const MAX_DIFFERENCES = 40;

/**
 * A line-by-line difference, `-` native and `+` sandbox, resynchronising at the next line that both have.
 *
 * @returns '' when both are equal
 */
export function difference(native: string, sandbox: string): string {
  if (native === sandbox) {
    return '';
  }
  const left = native.split('\n');
  const right = sandbox.split('\n');
  const output: string[] = [];
  let i = 0;
  let j = 0;
  let recent: string[] = [];
  let changes = 0;
  while ((i < left.length || j < right.length) && changes < MAX_DIFFERENCES) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      recent = [...recent.slice(-CONTEXT_LINES + 1), `  ${left[i]}`];
      i++;
      j++;
      continue;
    }
    output.push(...recent);
    recent = [];
    const [skipLeft, skipRight] = resynchronise(left, i, right, j);
    for (let k = 0; k < skipLeft; k++, changes++) {
      output.push(`- ${left[i++]}`);
    }
    for (let k = 0; k < skipRight; k++, changes++) {
      output.push(`+ ${right[j++]}`);
    }
  }
  if (changes >= MAX_DIFFERENCES) {
    output.push('  ...');
  }
  return output.map((line) => (line.length > 300 ? `${line.slice(0, 300)}...` : line)).join('\n');
}

/** How many lines to skip on either side until they agree again. */
function resynchronise(left: string[], i: number, right: string[], j: number): [number, number] {
  const window = 60;
  for (let distance = 1; distance <= window; distance++) {
    for (let k = 0; k <= distance; k++) {
      const a = i + k;
      const b = j + distance - k;
      if (a < left.length && b < right.length && left[a] === right[b]) {
        return [k, distance - k];
      }
    }
  }
  return [Math.min(window, left.length - i), Math.min(window, right.length - j)];
}

/** What a run did, as text; undefined differences mean that both did the same. */
export function describeDifference(native: Ending, sandbox: Ending): string | undefined {
  const parts: string[] = [];
  if (sandbox.timedOut !== native.timedOut) {
    parts.push(sandbox.timedOut ? 'the sandbox run timed out' : 'the native run timed out');
  }
  if (native.status !== sandbox.status) {
    parts.push(`exit status: native ${native.status}, sandbox ${sandbox.status}`);
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = difference(native[stream], sandbox[stream]);
    if (text !== '') {
      parts.push(`${stream} (- native, + sandbox):\n${text}`);
    }
  }
  return parts.length === 0 ? undefined : parts.join('\n');
}
