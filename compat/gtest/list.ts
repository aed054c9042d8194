/** The answer of a gtest binary to --gtest_list_tests. */

export interface GtestTest {
  /** `Suite.Test`, parameterised ones with their `/0`. */
  name: string;
  /** Its suite's or its own name starts with DISABLED_: gtest does not run it. */
  disabled: boolean;
}

/** Tests that one binary may list: more is no list of tests. */
const MAX_TESTS = 100_000;

/** A line without gtest's remark on types and values: `Val/0  # GetParam() = 1`. */
function withoutRemark(line: string): string {
  const remark = line.search(/\s+# /);
  return (remark < 0 ? line : line.slice(0, remark)).trimEnd();
}

function isDisabled(name: string): boolean {
  return name.split(/[./]/).some((part) => part.startsWith('DISABLED_'));
}

/**
 * The tests in a list: a suite stands at the beginning of a line and ends with a dot, its tests stand below it, two
 * blanks in. Whatever else the binary prints is passed over. No tests: the binary is no gtest, or has none.
 */
export function parseGtestList(output: string): GtestTest[] {
  const tests = new Map<string, GtestTest>();
  let suite = '';
  for (const raw of output.split('\n')) {
    const line = withoutRemark(raw);
    if (/^[^\s.][^\s]*\.$/.test(line)) {
      suite = line;
    } else if (/^ {2}[^\s]+$/.test(line) && suite !== '') {
      const name = suite + line.trim();
      if (tests.size < MAX_TESTS) tests.set(name, { name, disabled: isDisabled(name) });
    } else {
      suite = '';
    }
  }
  return [...tests.values()];
}

/**
 * A `--gtest_filter` for these tests. The characters that mean something in a filter become `?`, which stands for any
 * one: a filter may then match more than was asked for, never less.
 */
export function filterOf(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(/[:*-]/g, '?')).join(':');
}

/** Bytes of a filter: an argument has at most 128 KiB (MAX_ARG_STRLEN), and what starts sandboxes may need some too. */
const MAX_FILTER = 48 * 1024;

/**
 * Tests in portions that are run by one process each.
 *
 * @param limit tests in a portion
 */
export function portions(names: readonly string[], limit: number): string[][] {
  const result: string[][] = [];
  let current: string[] = [];
  let size = 0;
  for (const name of names) {
    const length = Buffer.byteLength(name) + 1;
    if (current.length > 0 && (current.length >= limit || size + length > MAX_FILTER)) {
      result.push(current);
      current = [];
      size = 0;
    }
    current.push(name);
    size += length;
  }
  return current.length > 0 ? [...result, current] : result;
}
