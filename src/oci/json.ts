/** Reading JSON as Go programs write and read it: integers of 64 bits, and null for what is not there. */

/** A JSON string, or a number of so many digits that a double may not hold it. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\b\d{16,}\b(?![.eE])/g;
/** Marks a text that stands for an integer; no field may hold a NUL of its own, so it is never mistaken. */
const MARK = '\u0000int:';

/**
 * Parses JSON text. Integers beyond 2^53 become bigint instead of losing their last digits; members that are null are left out,
 * as Go's decoder leaves the zero value in their place.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  let marked = false;
  const source = text.replace(STRING_OR_LONG_INTEGER, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token))) return token;
    marked = true;
    return `"\\u0000int:${token}"`;
  });
  return tidy(JSON.parse(source), marked);
}

/** Takes nulls out of objects and puts integers in place of their marks. */
function tidy(value: unknown, marked: boolean): unknown {
  if (typeof value === 'string') {
    return marked && value.startsWith(MARK) ? toInteger(value.slice(MARK.length)) : value;
  }
  if (Array.isArray(value)) return value.map((item) => tidy(item, marked));
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    // Not by assignment: "__proto__" is a member like any other.
    if (member !== null) define(out, name, tidy(member, marked));
  }
  return out;
}

/** A text that a file itself has behind such a mark need not be a number. */
function toInteger(text: string): unknown {
  return /^-?\d+$/.test(text) ? BigInt(text) : `${MARK}${text}`;
}

function define(to: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, writable: true, configurable: true });
}
