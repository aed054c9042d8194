/**
 * A file of finished cases, one JSON line each, from which a run goes on after whatever ended it. A line is written with
 * one call and counts only with its newline, so a kill at any moment loses at most the case that was being written.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { CaseResult, CompatRun } from '../model.js';

/** The first line: lines of another suite are not mixed in. */
interface Header {
  format: 'tvisor-compat-journal/1';
  suite: CompatRun['suite'];
}

interface Line {
  target: string;
  case: CaseResult;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Lines of an earlier version, or of nobody, are no results. */
function isLine(value: unknown): value is Line {
  return (
    isObject(value) &&
    typeof value['target'] === 'string' &&
    isObject(value['case']) &&
    typeof value['case']['name'] === 'string' &&
    typeof value['case']['outcome'] === 'string' &&
    Array.isArray(value['case']['checks'])
  );
}

/** An open journal. */
export class Journal {
  readonly #fd: number;
  readonly #found: Map<string, Map<string, CaseResult>>;

  private constructor(fd: number, found: Map<string, Map<string, CaseResult>>) {
    this.#fd = fd;
    this.#found = found;
  }

  /**
   * Open a journal or make a new one. What stands after its last newline is cut off.
   *
   * @param path of the file
   * @throws Error if it is another suite's, no journal at all, or cannot be opened
   */
  static open(path: string, suite: CompatRun['suite']): Journal {
    const fd = openSync(path, 'a+', 0o644);
    try {
      return Journal.#read(fd, path, suite);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  static #read(fd: number, path: string, suite: CompatRun['suite']): Journal {
    const bytes = readFileSync(fd);
    const end = bytes.lastIndexOf('\n') + 1;
    const header: Header = { format: 'tvisor-compat-journal/1', suite };
    const headerLine = JSON.stringify(header);
    const [first = '', ...lines] = bytes.toString('utf8', 0, end).split('\n');
    // A file without one whole line may only be the beginning of our own: anything else is somebody's data.
    const whole = end > 0 ? first : headerLine;
    if (whole !== headerLine || (end === 0 && !headerLine.startsWith(bytes.toString('utf8')))) {
      throw new Error(`${path}: not a journal of the suite '${suite}'`);
    }
    if (end < bytes.length) ftruncateSync(fd, end);
    if (end === 0) writeSync(fd, `${headerLine}\n`);
    const found = new Map<string, Map<string, CaseResult>>();
    for (const line of lines) {
      const value = parse(line);
      if (!isLine(value)) continue;
      const cases = found.get(value.target) ?? new Map<string, CaseResult>();
      found.set(value.target, cases.set(value.case.name, value.case));
    }
    return new Journal(fd, found);
  }

  /** What an earlier run has found out about a case; undefined if it has not come to it. */
  get(target: string, name: string): CaseResult | undefined {
    return this.#found.get(target)?.get(name);
  }

  /** Every case of a target that the journal knows, by name. */
  cases(target: string): ReadonlyMap<string, CaseResult> {
    return this.#found.get(target) ?? new Map();
  }

  /** Write down a finished case. */
  add(target: string, result: CaseResult): void {
    const line: Line = { target, case: result };
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
