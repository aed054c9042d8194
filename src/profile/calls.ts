/**
 * Counts and times calls, by where they are answered. Time that one call's handler spends on finishing another's wait (a write
 * that wakes a reader) belongs to that other one.
 */

import { syscallEntry } from '../../syscalls/table.js';
import type { Block } from '../kernel/wait.js';
import { COUNTED_CALLS, type Native } from '../platform/native.js';
import { type CallReport, type Place, type PlaceReport, places } from './report.js';
import { Row } from './row.js';

const NS_PER_MS = 1e6;
/** Nanoseconds of a clock that only goes forward. */
export const now = (): number => performance.now() * NS_PER_MS;

/** Calls whose result is a number of bytes of data. */
const MOVES = new Set([
  'read',
  'pread64',
  'readv',
  'preadv',
  'preadv2',
  'write',
  'pwrite64',
  'writev',
  'pwritev',
  'pwritev2',
  'recvfrom',
  'recvmsg',
  'sendto',
  'sendmsg',
  'sendfile',
  'splice',
  'tee',
  'vmsplice',
  'copy_file_range',
  'getdents',
  'getdents64',
  'getrandom',
]);

/** A call on its way. */
export class Running {
  /** Time spent on it so far, without waiting. */
  busy = 0;
  /** Of the section that is open: its start, and what was spent on other calls in it. */
  start = 0;
  elsewhere = 0;
  outer: Running | undefined;
  /** Since when it waits, or the host runs it, and `busy` then; undefined: neither. */
  away: { readonly since: number; readonly busy: number; readonly waits: boolean } | undefined;
  ended = false;

  constructor(readonly row: Row) {}
}

export class CallProfile {
  private readonly rows = new Map<number, Map<Place, Row>>();
  /** Whose answer is being computed. */
  private current: Running | undefined;
  private readonly waiting = new Set<Running>();
  private readonly answered: Float64Array;

  constructor(native: Native) {
    this.answered = native.countCalls();
  }

  /** A call arrives; its time runs. */
  enter(nr: number, place: Place): Running {
    const running = new Running(this.row(nr, place));
    running.row.count++;
    this.open(running);
    return running;
  }

  /** Nothing is done for the call any more until it is tried again or ends. */
  waits(running: Running): void {
    this.close(running);
    running.away = { since: now(), busy: running.busy, waits: true };
    this.waiting.add(running);
  }

  /** The host goes on with a traced call. @param waits what it does there is to wait */
  hostRuns(running: Running, waits: boolean): void {
    this.close(running);
    running.away = { since: now(), busy: running.busy, waits };
  }

  /** A call that waits tries to finish. */
  retry(running: Running, block: Block): ReturnType<Block['retry']> {
    this.open(running);
    try {
      return block.retry();
    } finally {
      this.close(running);
    }
  }

  /** @param result undefined: nobody knows it */
  exit(running: Running, result: number | undefined): void {
    if (running.ended) return;
    running.ended = true;
    const { row, away } = running;
    if (away === undefined) {
      this.close(running);
    } else {
      this.waiting.delete(running);
      const ns = now() - away.since - (running.busy - away.busy);
      if (away.waits) row.wait.record(ns);
      else running.busy += ns;
    }
    row.time.record(running.busy);
    if (result !== undefined) row.ended(result);
  }

  /** The row of a call, made when it is first seen. Numbers that no kernel has share one. */
  row(nr: number, place: Place): Row {
    const entry = syscallEntry(nr);
    const key = entry === undefined ? -1 : nr;
    let rows = this.rows.get(key);
    if (rows === undefined) {
      rows = new Map();
      this.rows.set(key, rows);
    }
    let row = rows.get(place);
    if (row === undefined) {
      const name = entry?.name ?? 'unknown';
      row = new Row(name, entry === undefined ? null : nr, place, MOVES.has(name));
      rows.set(place, row);
    }
    return row;
  }

  /** The addon's memory calls, counted for the call that is being answered. For GuestMemory only. */
  countMemory(native: Native): Native {
    const read = (n: number): number => {
      if (n > 0 && this.current !== undefined) this.current.row.guestRead += n;
      return n;
    };
    const written = (n: number): number => {
      if (n > 0 && this.current !== undefined) this.current.row.guestWritten += n;
      return n;
    };
    const counting: Partial<Native> = {
      readMem: (tid, addr, off, len) => read(native.readMem(tid, addr, off, len)),
      readMemTo: (tid, addr, dst, off, len) => read(native.readMemTo(tid, addr, dst, off, len)),
      writeMem: (tid, addr, off, len) => written(native.writeMem(tid, addr, off, len)),
      writeMemFrom: (tid, addr, src, off, len) => written(native.writeMemFrom(tid, addr, src, off, len)),
      readString: (tid, addr, max) => {
        const s = native.readString(tid, addr, max);
        if (typeof s === 'string') read(s.length + 1);
        return s;
      },
      readHostToGuest: (tid, fd, addr, len, pos) => written(native.readHostToGuest(tid, fd, addr, len, pos)),
      writeHostFromGuest: (tid, fd, addr, len, pos) =>
        read(native.writeHostFromGuest(tid, fd, addr, len, pos)),
    };
    return Object.assign(Object.create(native) as Native, counting);
  }

  /** Ends what still waits, and gives everything. Dearest first. */
  report(): { calls: CallReport[]; places: Record<Place, PlaceReport> } {
    for (const running of [...this.waiting]) this.exit(running, undefined);
    const calls = [...this.rows.values()].flatMap((rows) => [...rows.values()].map((row) => row.report()));
    calls.push(...this.fastCalls());
    calls.sort((a, b) => cost(b) - cost(a) || b.count - a.count);
    const sums = Object.fromEntries(places.map((p) => [p, sum(calls.filter((c) => c.place === p))]));
    return { calls, places: sums as Record<Place, PlaceReport> };
  }

  /** What the addon took from the listener and never handed over. It counts only. */
  private fastCalls(): CallReport[] {
    const { answered } = this;
    const out: CallReport[] = [];
    for (let nr = 0; nr <= COUNTED_CALLS; nr++) {
      const count = (answered[nr] as number) - (answered[COUNTED_CALLS + 1 + nr] as number);
      if (count === 0) continue;
      const entry = syscallEntry(nr);
      const row = new Row(entry?.name ?? 'unknown', entry === undefined ? null : nr, 'fast', false);
      row.count = count;
      out.push({ ...row.report(), time: null });
    }
    return out;
  }

  private open(running: Running): void {
    running.start = now();
    running.elsewhere = 0;
    running.outer = this.current;
    this.current = running;
  }

  private close(running: Running): void {
    const spent = now() - running.start;
    running.busy += spent - running.elsewhere;
    this.current = running.outer;
    if (running.outer !== undefined) running.outer.elsewhere += spent;
    running.outer = undefined;
  }
}

const cost = (call: CallReport): number => call.time?.total ?? 0;

function sum(calls: readonly CallReport[]): PlaceReport {
  const total: PlaceReport = { count: 0, failed: 0, time: 0, wait: 0 };
  for (const c of calls) {
    total.count += c.count;
    total.failed += c.failed;
    total.time += cost(c);
    total.wait += c.wait.total;
  }
  return total;
}
