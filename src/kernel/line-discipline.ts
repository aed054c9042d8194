/**
 * The line discipline N_TTY (drivers/tty/n_tty.c, termios(3)): what lies between the bytes of a terminal and the program
 * that reads them. Pure: it knows its modes and buffers, and tells its host about output, signals and readiness.
 */

import { SIGINT, SIGQUIT, SIGTSTP } from '../abi/signal.js';
import {
  B38400,
  CREAD,
  CS8,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ECHOPRT,
  EXTPROC,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUCLC,
  IUTF8,
  IXANY,
  IXON,
  NOFLSH,
  OCRNL,
  OLCUC,
  ONLCR,
  ONLRET,
  ONOCR,
  OPOST,
  PARMRK,
  TAB3,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VMIN,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VTIME,
  VWERASE,
} from '../abi/termios.js';

/** struct termios, as the kernel keeps it (NCCS 19). */
export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  line: number;
  cc: Uint8Array;
  ispeed: number;
  ospeed: number;
}

/** tty_std_termios: modes of a fresh pseudo terminal. */
export function standardTermios(): Termios {
  const cc = new Uint8Array(19);
  cc.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0]);
  return {
    iflag: ICRNL | IXON,
    oflag: OPOST | ONLCR,
    cflag: B38400 | CS8 | CREAD,
    lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    line: 0,
    cc,
    ispeed: 38400,
    ospeed: 38400,
  };
}

/** What the discipline asks of the terminal it belongs to. */
export interface LineHost {
  /** Typed characters for the other side to see, already processed. */
  echo(bytes: Uint8Array): void;
  /** A signal character was typed. */
  signal(signo: number): void;
  /** Something became readable. */
  readable(): void;
  /** Typed STOP and START characters. */
  setStopped(stopped: boolean): void;
  /** ISIG without NOFLSH: output that the other side has not read goes too. */
  flushOutput(): void;
}

/** Bytes that unread input may hold (N_TTY_BUF_SIZE - 1). */
const INPUT_MAX = 4095;
const NL = 10;
const CR = 13;
const TAB = 9;
const BS = 8;
const DISABLED = 0;

/** A piece of readable input: a line in canonical mode. An empty one is an end of file. */
interface Chunk {
  data: Uint8Array;
  pos: number;
}

const isControl = (c: number): boolean => c < 32 || c === 127;
const isContinuation = (c: number): boolean => (c & 0xc0) === 0x80;
const isWordChar = (c: number): boolean =>
  (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;

export class LineDiscipline {
  termios = standardTermios();
  stopped = false;
  private readonly ready: Chunk[] = [];
  private readyBytes = 0;
  /** The line being typed (canonical mode). */
  private edit: number[] = [];
  private column = 0;
  /** Column where the line being typed began, for erasing tabs. */
  private startColumn = 0;
  private literalNext = false;
  /** Inside an ECHOPRT erasure "\...". */
  private erasing = false;
  private out: number[] = [];

  constructor(private readonly host: LineHost) {}

  private l(flag: number): boolean {
    return (this.termios.lflag & flag) !== 0;
  }
  private i(flag: number): boolean {
    return (this.termios.iflag & flag) !== 0;
  }
  private cc(index: number): number {
    return this.termios.cc[index];
  }
  get canonical(): boolean {
    return this.l(ICANON);
  }

  // --- input ------------------------------------------------------------------------------------------------------

  /** Bytes that `receive` takes at least. A typed line that gets too long is cut, so that its end can still be typed. */
  get room(): number {
    const room = INPUT_MAX - this.readyBytes - this.edit.length;
    return this.canonical && this.ready.length === 0 ? Math.max(1, room) : Math.max(0, room);
  }

  /** Takes typed bytes; how many of them. */
  receive(bytes: Uint8Array): number {
    const before = this.ready.length + this.available;
    let n = 0;
    while (n < bytes.length && this.room > 0) this.receiveChar(bytes[n++]);
    this.flushEcho();
    if (this.ready.length + this.available !== before) this.host.readable();
    return n;
  }

  private receiveChar(raw: number): void {
    let c = raw;
    if (this.i(ISTRIP)) c &= 0x7f;
    if (this.i(IUCLC) && this.l(IEXTEN) && c >= 65 && c <= 90) c += 32;
    if (this.l(EXTPROC)) {
      this.store(c);
      return;
    }
    if (this.literalNext) {
      this.literalNext = false;
      this.ordinary(c);
      return;
    }
    if (this.i(IXON) && this.flowChar(c)) return;
    if (this.l(ISIG) && this.signalChar(c)) return;
    if (this.stopped && this.i(IXON) && this.i(IXANY)) this.setStopped(false);
    if (c === CR) {
      if (this.i(IGNCR)) return;
      if (this.i(ICRNL)) c = NL;
    } else if (c === NL && this.i(INLCR)) c = CR;
    if (this.canonical && this.editChar(c)) return;
    this.ordinary(c);
  }

  private is(c: number, index: number): boolean {
    return c !== DISABLED && c === this.cc(index);
  }

  private flowChar(c: number): boolean {
    if (this.is(c, VSTART)) this.setStopped(false);
    else if (this.is(c, VSTOP)) this.setStopped(true);
    else return false;
    return true;
  }

  private setStopped(stopped: boolean): void {
    if (this.stopped === stopped) return;
    this.stopped = stopped;
    this.host.setStopped(stopped);
  }

  private signalChar(c: number): boolean {
    const signo = this.is(c, VINTR) ? SIGINT : this.is(c, VQUIT) ? SIGQUIT : this.is(c, VSUSP) ? SIGTSTP : 0;
    if (signo === 0) return false;
    if (!this.l(NOFLSH)) {
      this.flushInput();
      this.out = [];
      this.host.flushOutput();
    }
    if (this.i(IXON)) this.setStopped(false);
    if (this.l(ECHO)) {
      this.echo(c);
      this.flushEcho();
    }
    this.host.signal(signo);
    return true;
  }

  /** Characters with a meaning for the line being typed. */
  private editChar(c: number): boolean {
    const extended = this.l(IEXTEN);
    if (this.is(c, VERASE)) this.erase('char', c);
    else if (this.is(c, VKILL)) this.erase('line', c);
    else if (extended && this.is(c, VWERASE)) this.erase('word', c);
    else if (extended && this.is(c, VLNEXT)) {
      this.literalNext = true;
      if (this.l(ECHO)) {
        this.finishErasing();
        if (this.l(ECHOCTL)) this.emit(94, BS);
      }
    } else if (extended && this.l(ECHO) && this.is(c, VREPRINT)) this.reprint(c);
    else if (c === NL) {
      if (this.l(ECHO) || this.l(ECHONL)) this.emitProcessed(NL);
      this.endLine([NL]);
    } else if (this.is(c, VEOF)) this.endLine([]);
    else if (this.is(c, VEOL) || (extended && this.is(c, VEOL2))) {
      if (this.l(ECHO)) this.echo(c);
      this.endLine([c]);
    } else return false;
    return true;
  }

  private ordinary(c: number): void {
    if (this.l(ECHO)) {
      this.finishErasing();
      if (c === NL) this.emitProcessed(NL);
      else {
        if (this.edit.length === 0) this.startColumn = this.column;
        this.echo(c);
      }
    }
    if (c === 0xff && this.i(PARMRK)) this.store(c);
    this.store(c);
  }

  /** In raw mode the bytes being typed are readable as they are. */
  private store(c: number): void {
    if (this.readyBytes + this.edit.length < INPUT_MAX) this.edit.push(c);
  }

  /** The line being typed becomes readable. */
  private endLine(end: readonly number[]): void {
    const data = Uint8Array.from([...this.edit, ...end]);
    this.edit = [];
    this.ready.push({ data, pos: 0 });
    this.readyBytes += data.length;
  }

  // --- erasing ------------------------------------------------------------------------------------------------------

  private erase(what: 'char' | 'word' | 'line', c: number): void {
    if (this.edit.length === 0) return;
    if (what === 'line' && !this.l(ECHO)) {
      this.edit = [];
      return;
    }
    if (what === 'line' && !(this.l(ECHOK) && this.l(ECHOKE) && this.l(ECHOE))) {
      this.edit = [];
      this.finishErasing();
      this.echo(c);
      if (this.l(ECHOK)) this.emitProcessed(NL);
      return;
    }
    let seenWord = false;
    while (this.edit.length > 0) {
      const start = this.lastCharStart();
      const first = this.edit[start];
      if (what === 'word') {
        if (isWordChar(first)) seenWord = true;
        else if (seenWord) break;
      }
      const removed = this.edit.splice(start);
      if (this.l(ECHO)) this.echoErased(what, c, removed);
      if (what === 'char') break;
    }
    if (this.edit.length === 0 && this.l(ECHO)) this.finishErasing();
  }

  /** Where the last character of the line being typed starts; under IUTF8 it may have several bytes. */
  private lastCharStart(): number {
    let at = this.edit.length - 1;
    if (this.i(IUTF8)) while (at > 0 && isContinuation(this.edit[at])) at--;
    return at;
  }

  private echoErased(what: 'char' | 'word' | 'line', c: number, removed: readonly number[]): void {
    const first = removed[0];
    if (this.l(ECHOPRT)) {
      if (!this.erasing) {
        this.emit(92);
        this.column++;
        this.erasing = true;
      }
      this.echo(first);
      this.emit(...removed.slice(1));
    } else if (what === 'char' && !this.l(ECHOE)) this.echo(c);
    else if (first === TAB) this.eraseTab();
    else {
      if (isControl(first) && this.l(ECHOCTL)) this.emitErasure();
      if (!isControl(first) || this.l(ECHOCTL)) this.emitErasure();
    }
  }

  private emitErasure(): void {
    this.emit(BS, 32, BS);
    if (this.column > 0) this.column--;
  }

  /** Moves back over the columns that a tab took. */
  private eraseTab(): void {
    let width = 0;
    let afterTab = false;
    for (let i = this.edit.length - 1; i >= 0 && !afterTab; i--) {
      const c = this.edit[i];
      if (c === TAB) afterTab = true;
      else if (isControl(c)) width += this.l(ECHOCTL) ? 2 : 0;
      else if (!(this.i(IUTF8) && isContinuation(c))) width++;
    }
    if (!afterTab) width += this.startColumn;
    for (let n = 8 - (width & 7); n > 0; n--) {
      this.emit(BS);
      if (this.column > 0) this.column--;
    }
  }

  private finishErasing(): void {
    if (!this.erasing) return;
    this.emit(47);
    this.column++;
    this.erasing = false;
  }

  private reprint(c: number): void {
    this.finishErasing();
    this.echo(c);
    this.emitProcessed(NL);
    for (const b of this.edit) this.echo(b);
  }

  // --- echo and output ----------------------------------------------------------------------------------------------

  private emit(...bytes: number[]): void {
    this.out.push(...bytes);
  }

  private emitProcessed(c: number): void {
    if ((this.termios.oflag & OPOST) !== 0) this.process(c, this.out);
    else this.emit(c);
  }

  /** A typed character as the other side sees it: control characters as ^X under ECHOCTL. */
  private echo(c: number): void {
    if (this.l(ECHOCTL) && isControl(c) && c !== TAB) {
      this.emit(94, c ^ 0o100);
      this.column += 2;
    } else this.emitProcessed(c);
  }

  private flushEcho(): void {
    if (this.out.length === 0) return;
    const bytes = Uint8Array.from(this.out);
    this.out = [];
    this.host.echo(bytes);
  }

  /** Bytes that a program writes, as the other side gets them (at most eight for one). */
  processOutput(bytes: Uint8Array): Uint8Array {
    if ((this.termios.oflag & OPOST) === 0) return bytes;
    const out: number[] = [];
    for (const b of bytes) this.process(b, out);
    return Uint8Array.from(out);
  }

  /** do_output_char. */
  private process(c: number, out: number[]): void {
    const o = this.termios.oflag;
    if (c === NL) {
      if ((o & ONLRET) !== 0) this.column = 0;
      if ((o & ONLCR) !== 0) {
        this.column = 0;
        out.push(CR);
      }
      this.startColumn = this.column;
    } else if (c === CR) {
      if ((o & ONOCR) !== 0 && this.column === 0) return;
      if ((o & OCRNL) !== 0) {
        if ((o & ONLRET) !== 0) this.column = this.startColumn = 0;
        out.push(NL);
        return;
      }
      this.column = this.startColumn = 0;
    } else if (c === TAB) {
      const width = 8 - (this.column & 7);
      this.column += width;
      if ((o & TAB3) === TAB3) {
        for (let n = 0; n < width; n++) out.push(32);
        return;
      }
    } else if (c === BS) {
      if (this.column > 0) this.column--;
    } else if (!isControl(c)) {
      if (!(this.i(IUTF8) && isContinuation(c))) this.column++;
      if ((o & OLCUC) !== 0 && c >= 97 && c <= 122) {
        out.push(c - 32);
        return;
      }
    }
    out.push(c);
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  /** Bytes that FIONREAD counts: whole lines in canonical mode. */
  get available(): number {
    return this.readyBytes + (this.canonical ? 0 : this.edit.length);
  }

  /** Would a canonical read return, perhaps with an end of file? Would a raw one find `wanted` bytes? */
  hasInput(wanted = 1): boolean {
    if (this.canonical) return this.ready.length > 0;
    return this.available >= wanted;
  }

  /** Readiness for poll(2): in raw mode without a timer, VMIN bytes. */
  get pollReadable(): boolean {
    return this.hasInput(this.cc(VTIME) === 0 ? Math.max(1, this.cc(VMIN)) : 1);
  }

  get vmin(): number {
    return this.cc(VMIN);
  }
  /** Milliseconds. */
  get vtime(): number {
    return this.cc(VTIME) * 100;
  }

  /** Takes up to `max` readable bytes: of one line in canonical mode. An empty result is an end of file there. */
  take(max: number): Uint8Array {
    if (this.canonical) return this.takeLine(max);
    const n = Math.min(max, this.available);
    const out = new Uint8Array(n);
    let got = 0;
    while (got < n && this.ready.length > 0) {
      const piece = this.takeLine(n - got);
      out.set(piece, got);
      got += piece.length;
    }
    if (got < n) out.set(this.edit.splice(0, n - got), got);
    return out;
  }

  private takeLine(max: number): Uint8Array {
    const chunk = this.ready[0];
    if (chunk === undefined) return new Uint8Array(0);
    const out = chunk.data.slice(chunk.pos, chunk.pos + max);
    chunk.pos += out.length;
    this.readyBytes -= out.length;
    if (chunk.pos === chunk.data.length) this.ready.shift();
    return out;
  }

  flushInput(): void {
    this.ready.length = 0;
    this.readyBytes = 0;
    this.edit = [];
    this.literalNext = false;
    this.erasing = false;
  }

  /** New modes (TCSETS). What was typed raw is one line when canonical mode starts. */
  setTermios(next: Termios): void {
    const was = this.canonical;
    this.termios = { ...next, cc: next.cc.slice() };
    if (!was && this.canonical && this.edit.length > 0) this.endLine([]);
    if (!this.i(IXON)) this.setStopped(false);
    if (this.available > 0) this.host.readable();
  }
}
