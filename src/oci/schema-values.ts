/** The kinds of values that config.json is made of, and how a mistake in one of them is told. */
import * as v from 'valibot';

/** The input of an issue as a reader of config.json would write it. */
function shown(input: unknown): string {
  if (typeof input === 'bigint') return String(input);
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'an object';
  const written = JSON.stringify(input) ?? 'nothing';
  return written.length > 80 ? `${written.slice(0, 80)}...` : written;
}

type Told = { readonly input: unknown };

/** The words for a value of another kind, or for one that is not there. */
export function wrong(wanted: string): (issue: Told) => string {
  return ({ input }) => (input === undefined ? 'is missing' : `must be ${wanted}, not ${shown(input)}`);
}

/** A string. None of them may hold a NUL, which would end it inside of the kernel. */
export const text = v.pipe(
  v.string(wrong('text')),
  v.check((s) => !s.includes('\0'), 'must not contain a NUL character'),
);

export const flag = v.boolean(wrong('true or false'));

/** An absolute path of the host or of the container. */
export const absolutePath = v.pipe(
  text,
  v.check((s) => s.startsWith('/'), wrong('an absolute path')),
);

/** A number without a fraction between `least` and `most`. Those that no double holds exactly come out rounded. */
export function integer(least: number | bigint, most: number | bigint) {
  const range = least === most ? String(least) : `a whole number from ${least} to ${most}`;
  return v.pipe(
    v.custom<number | bigint>(
      (n) => (typeof n === 'number' && Number.isInteger(n)) || typeof n === 'bigint',
      wrong('a whole number'),
    ),
    v.check((n) => n >= least && n <= most, wrong(range)),
    v.transform(Number),
  );
}

/** An integer of 64 bits that keeps all its digits: a bigint where a number would not hold it. */
export const exact64 = v.pipe(
  v.custom<number | bigint>(
    (n) => (typeof n === 'number' && Number.isInteger(n)) || typeof n === 'bigint',
    wrong('a whole number'),
  ),
  v.check((n) => n >= 0 && n < 2n ** 64n, wrong('a whole number from 0 to 18446744073709551615')),
);

/** A user or group id. */
export const id32 = integer(0, 2 ** 32 - 1);
export const uint32 = integer(0, 2 ** 32 - 1);
export const uint64 = integer(0, 2n ** 64n - 1n);
/** A limit: -1 is none. */
export const limit64 = integer(-1, 2n ** 63n - 1n);

/** One of some names; `what` says what they name. */
export function oneOf(what: string, names: Iterable<string>) {
  const known = new Set(names);
  return v.pipe(
    text,
    v.check(
      (name) => known.has(name),
      ({ input }) => `unknown ${what} ${shown(input)}`,
    ),
  );
}

export function list<T extends v.GenericSchema>(item: T) {
  return v.array(item, wrong('a list'));
}

/** The library takes lists for objects. */
const members = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  wrong('an object'),
);

/** Go's decoder takes a member whose name differs only in the case of its letters, and people have come to write such. */
function nameMembers(entries: v.ObjectEntries): (given: Record<string, unknown>) => Record<string, unknown> {
  const known = new Map(Object.keys(entries).map((name) => [name.toLowerCase(), name]));
  return (given) => {
    const renamed = Object.keys(given).flatMap((name) => {
      const meant = known.get(name.toLowerCase());
      return meant === undefined || Object.hasOwn(given, meant) ? [] : [[name, meant] as const];
    });
    if (renamed.length === 0) return given;
    const out = { ...given };
    for (const [name, meant] of renamed) {
      out[meant] = out[name];
      delete out[name];
    }
    return out;
  };
}

/** An object with these members and any others. */
export function object<T extends v.ObjectEntries>(entries: T) {
  // The library tells of members that are not there by the message of the whole.
  return v.pipe(members, v.transform(nameMembers(entries)), v.looseObject(entries, 'is missing'));
}

/** An object whose members may have any names. */
export function mapOf<T extends v.GenericSchema>(item: T) {
  return v.pipe(members, v.record(text, item));
}

export { optional } from 'valibot';
