/** Which tests of a suite are run. */

/** `--shard I/N`: every Nth test, beginning with the Ith (from 1). */
export interface Shard {
  index: number;
  count: number;
}

/**
 * @param text `I/N`
 * @throws Error that says what is expected
 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  if (!(shard.index >= 1 && shard.index <= shard.count)) {
    throw new Error(`--shard: '${text}': expected I/N with 1 <= I <= N`);
  }
  return shard;
}

/** The items of a shard: all of them without one. */
export function shardOf<T>(items: readonly T[], shard: Shard | undefined): T[] {
  return shard === undefined
    ? [...items]
    : items.filter((_, index) => index % shard.count === shard.index - 1);
}

/** True for a name that a pattern stands for, where `*` is any text and `?` any character. */
export function matchesGlob(pattern: string, name: string): boolean {
  const source = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[\\^$+.()|[\]{}]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's').test(name);
}

export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, name));
}

/** The first pattern that no name fits; undefined if every one has some. */
export function unmatched(patterns: readonly string[], names: readonly string[]): string | undefined {
  return patterns.find((pattern) => !names.some((name) => matchesGlob(pattern, name)));
}

/** The names or patterns in a file of `--skip-file`: one a line, `#` begins a comment. */
export function parsePatterns(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
