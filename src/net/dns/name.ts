/** Domain names on the wire and as text (RFC 1035 section 3.1, 4.1.4). */

/** Bytes of a name on the wire, at most. */
const MAX_WIRE = 255;
const MAX_LABEL = 63;
const POINTER = 0xc0;
/** Each byte of a label as text: letters, digits and three marks stand for themselves; others, dots among them, are \DDD. */
const TEXT = Array.from({ length: 256 }, (_, byte) => {
  const c = String.fromCharCode(byte);
  return /[A-Za-z0-9_*-]/.test(c) ? c : `\\${String(byte).padStart(3, '0')}`;
});

/**
 * A name as text: labels with dots between them, none at the end; '' is the root. It keeps the case of its letters, and
 * every byte: no two different names have the same text.
 */
export type DnsName = string;

/** Names are equal whatever the case of their ASCII letters (RFC 4343). */
export function lower(name: DnsName): DnsName {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function labelText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += TEXT[byte];
  return text;
}

/**
 * Reads the name at `at`. A pointer leads to an earlier place than the name that it is in began, so that there is an end.
 * @returns the name and the offset after it, or undefined if it is malformed
 */
export function readName(message: Uint8Array, at: number): { name: DnsName; end: number } | undefined {
  const labels: string[] = [];
  let size = 1;
  let pos = at;
  let start = at;
  let end: number | undefined;
  for (;;) {
    const length = message[pos];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join('.'), end: end ?? pos + 1 };
    if ((length & POINTER) === POINTER) {
      const target = ((length & ~POINTER) << 8) | (message[pos + 1] ?? 0xff);
      if (pos + 1 >= message.length || target >= start) return undefined;
      end ??= pos + 2;
      start = pos = target;
      continue;
    }
    size += length + 1;
    if (length > MAX_LABEL || size > MAX_WIRE || pos + 1 + length > message.length) return undefined;
    labels.push(labelText(message.subarray(pos + 1, pos + 1 + length)));
    pos += length + 1;
  }
}

/** The labels of a name's text, as bytes. */
function labelsOf(name: DnsName): Uint8Array[] {
  if (name === '') return [];
  return name.split('.').map((label) => {
    const bytes: number[] = [];
    for (let i = 0; i < label.length; i++) {
      if (label[i] === '\\') {
        bytes.push(Number(label.slice(i + 1, i + 4)));
        i += 3;
      } else bytes.push(label.charCodeAt(i));
    }
    return Uint8Array.from(bytes);
  });
}

/** The name on the wire, without pointers. Throws for text that is not a name's: the caller has it from `readName` or checked it. */
export function wireName(name: DnsName): Uint8Array {
  const wire: number[] = [];
  for (const label of labelsOf(name)) {
    if (label.length === 0 || label.length > MAX_LABEL) throw new RangeError(`bad label in ${name}`);
    wire.push(label.length, ...label);
  }
  wire.push(0);
  if (wire.length > MAX_WIRE) throw new RangeError(`name too long: ${name}`);
  return Uint8Array.from(wire);
}
