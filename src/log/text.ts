/** Log records as lines for people: `12:34:56.789 WARN  message key=value`. */

/** A record as pino serializes it. */
type LogRecord = Record<string, unknown>;

const levelNames: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Keys that have a place of their own in the line. */
const placed = new Set(['level', 'time', 'msg', 'err']);

/** Escapes what would break the line or drive a terminal: records quote guests, which choose their bytes. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function valueText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'undefined';
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/**
 * One record as one line.
 *
 * @param json a record as pino writes it: one JSON object
 * @returns the line, with its newline; a stack of an `err` follows, indented, one line a frame
 */
export function formatText(json: string): string {
  const record = JSON.parse(json) as LogRecord;
  const time = new Date(Number(record['time'])).toISOString().slice(11, 23);
  const level = levelNames[Number(record['level'])] ?? String(record['level']);
  let line = `${time} ${level.padEnd(5)} ${printable(String(record['msg'] ?? ''))}`;
  for (const [key, value] of Object.entries(record)) {
    if (!placed.has(key)) line += ` ${key}=${printable(valueText(value))}`;
  }
  const err = record['err'] as { message?: string; stack?: string } | undefined;
  if (err !== undefined && err !== null) {
    const stack = String(err.stack ?? err.message ?? err).split('\n');
    line += stack.map((frame) => `\n    ${printable(frame.trim())}`).join('');
  }
  return `${line}\n`;
}
