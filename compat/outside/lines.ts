/** Lines out of a program's output as it comes, in bounded memory, whatever the program prints. */
import { StringDecoder } from 'node:string_decoder';

/** Characters of a line that are looked at; what is longer is somebody's data, and no line of a test library. */
const MAX_LINE = 4096;

/**
 * Splits a stream of bytes into lines. Invalid UTF-8 becomes U+FFFD; the rest of an overlong line is dropped, and `\r`
 * before the end of a line too.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #line = '';

  /** @param onLine called for every complete line, without its end */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#add(this.#decoder.write(chunk));
  }

  /** The output has ended; an unfinished last line counts. */
  end(): void {
    this.#add(this.#decoder.end());
    if (this.#line !== '') this.#emit();
  }

  #add(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end));
      this.#emit();
      start = end + 1;
    }
    this.#append(text.slice(start));
  }

  #append(part: string): void {
    if (this.#line.length < MAX_LINE) this.#line += part.slice(0, MAX_LINE - this.#line.length);
  }

  #emit(): void {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#onLine(line);
  }
}

/** The last lines of an output, for people who ask why. */
export class Tail {
  readonly #lines: string[] = [];
  readonly #limit: number;

  /** @param limit lines that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(line: string): void {
    this.#lines.push(line.slice(0, 500));
    if (this.#lines.length > this.#limit) this.#lines.shift();
  }

  clear(): void {
    this.#lines.length = 0;
  }

  get text(): string {
    return this.#lines.join('\n').trim();
  }
}

/** A line without the escape sequences that colour it (ECMA-48: CSI ... final byte). */
export function withoutColour(line: string): string {
  return line.includes('\x1b[') ? line.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, '') : line;
}

/**
 * A copy of its own: a short piece of a long string may keep all of it in memory (V8 shares them), and results are kept
 * until the end of a run.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
