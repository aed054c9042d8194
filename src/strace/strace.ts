/** --strace: watches calls go in and come out. Only made when asked for: nobody watching costs nothing. */

import type { ArgKind, SyscallArgs } from '../../syscalls/family.js';
import { syscallEntry, syscallName } from '../../syscalls/table.js';
import type { Task } from '../kernel/task.js';
import { formatCall, type RawArg } from './format.js';

/** A call on its way. */
export interface Pending {
  readonly who: string;
  readonly name: string;
  readonly args: readonly RawArg[];
  readonly start: number;
}

/** Bytes shown of a path, and of other strings and buffers. */
const PATH_SHOWN = 256;
const TEXT_SHOWN = 32;
const ALL_HEX: readonly ArgKind[] = ['hex', 'hex', 'hex', 'hex', 'hex', 'hex'];
/** Calls whose buffer the kernel fills: there is nothing to show before they ran. */
const FILLS_BUFFER =
  /^(p?read|p?readv2?|pread64|recv|getdents|getcwd|readlink|getrandom|getxattr|listxattr|uname)/;
/** Calls that never return to their caller. */
const NEVER_RETURNS = new Set(['exit', 'exit_group', 'rt_sigreturn']);

export class Strace {
  /** @param write takes one finished line, without its newline */
  constructor(private readonly write: (line: string) => void) {}

  /** Before the call runs: decodes what it was given, reading guest memory once. */
  enter(task: Task, nr: number, args: SyscallArgs): Pending {
    const name = syscallName(nr);
    const kinds = syscallEntry(nr)?.args ?? [];
    const entry = syscallEntry(nr);
    const known = entry?.handler !== undefined || entry?.class === 'trace';
    // Registers first: reading guest memory may move the arguments of the call away.
    const raw = (known ? kinds : ALL_HEX).map((kind, i) => ({
      kind,
      value: BigInt.asUintN(64, args.big(i)),
    }));
    const full = raw.map((a, i) => readText(task, name, a, raw[i + 1]));
    const pending = {
      who: `${task.pid}:${task.tid} ${task.comm}`,
      name,
      args: full,
      start: performance.now(),
    };
    if (NEVER_RETURNS.has(name)) this.write(formatCall(pending.who, name, full, undefined, undefined));
    return pending;
  }

  /** After it: @param result number, -errno, or undefined if the caller died before its answer */
  exit(pending: Pending, result: number | undefined): void {
    if (NEVER_RETURNS.has(pending.name)) return;
    const ms = performance.now() - pending.start;
    this.write(formatCall(pending.who, pending.name, pending.args, result, ms));
  }
}

function readText(task: Task, name: string, arg: RawArg, next: RawArg | undefined): RawArg {
  const addr = Number(arg.value);
  if (addr === 0) return arg;
  if (arg.kind === 'path' || arg.kind === 'str') {
    const max = arg.kind === 'path' ? PATH_SHOWN : TEXT_SHOWN;
    return withText(task, arg, addr, max, true);
  }
  if (arg.kind !== 'buf' || FILLS_BUFFER.test(name) || next === undefined) return arg;
  const len = Number(next.value);
  const read = withText(task, arg, addr, Math.min(len, TEXT_SHOWN), false);
  return read.text === undefined ? arg : { ...read, cut: len > TEXT_SHOWN };
}

/** Up to `max` bytes at `addr`, to the first NUL if `terminated`. */
function withText(task: Task, arg: RawArg, addr: number, max: number, terminated: boolean): RawArg {
  const buf = new Uint8Array(max);
  const n = max === 0 ? 0 : task.mem.read(addr, buf, 0, max);
  if (n < 0) return arg;
  const text = Buffer.from(buf.subarray(0, n)).toString('latin1');
  if (!terminated) return { ...arg, text };
  const end = text.indexOf('\0');
  return end >= 0 ? { ...arg, text: text.slice(0, end) } : { ...arg, text, cut: true };
}
