/** One line for each call, in the manner of strace(1). Pure: what needs guest memory was read before the call ran. */

import * as errnoNames from '../abi/errno.js';
import * as fcntl from '../abi/fcntl.js';
import * as mman from '../abi/mman.js';
import * as sched from '../abi/sched.js';
import * as signals from '../abi/signal.js';
import { messages } from './messages.js';

/** Words for kinds of arguments; the same as ArgKind of the call table. */
export type Kind = string;

/** A raw argument, and for strings the bytes that the guest had there: text, or undefined when the address is bad. */
export interface RawArg {
  readonly kind: Kind;
  /** The register as an unsigned 64-bit number. */
  readonly value: bigint;
  readonly text?: string | undefined;
  /** The text goes on. */
  readonly cut?: boolean;
}

type Names = readonly (readonly [value: number, name: string])[];

/** Names with a value, as single bits or small sets, from a module of constants. */
function pick(module: Readonly<Record<string, unknown>>, names: readonly string[]): Names {
  return names.map((n) => [Number(module[n]), n]);
}

const OPEN_FLAGS = pick(fcntl, [
  'O_TMPFILE',
  'O_SYNC',
  'O_CREAT',
  'O_EXCL',
  'O_NOCTTY',
  'O_TRUNC',
  'O_APPEND',
  'O_NONBLOCK',
  'O_DSYNC',
  'O_ASYNC',
  'O_DIRECT',
  'O_LARGEFILE',
  'O_DIRECTORY',
  'O_NOFOLLOW',
  'O_NOATIME',
  'O_CLOEXEC',
  'O_PATH',
]);
const AT_FLAGS = pick(fcntl, [
  'AT_SYMLINK_NOFOLLOW',
  'AT_REMOVEDIR',
  'AT_SYMLINK_FOLLOW',
  'AT_NO_AUTOMOUNT',
  'AT_EMPTY_PATH',
]);
const PROT = pick(mman, ['PROT_READ', 'PROT_WRITE', 'PROT_EXEC', 'PROT_GROWSDOWN', 'PROT_GROWSUP']);
const MAP_FLAGS = pick(mman, [
  'MAP_FIXED',
  'MAP_ANONYMOUS',
  'MAP_32BIT',
  'MAP_GROWSDOWN',
  'MAP_DENYWRITE',
  'MAP_EXECUTABLE',
  'MAP_LOCKED',
  'MAP_NORESERVE',
  'MAP_POPULATE',
  'MAP_NONBLOCK',
  'MAP_STACK',
  'MAP_HUGETLB',
  'MAP_SYNC',
  'MAP_FIXED_NOREPLACE',
]);
const CLONE_FLAGS: Names = Object.entries(sched)
  .filter(([name, value]) => /^CLONE_[A-Z_]+$/.test(name) && value <= 0xffffffff)
  .map(([name, value]) => [value, name]);

/** Names of a bit set joined by `|`, what is left over in hex; `zero` for an empty set. */
export function bits(value: number, names: Names, zero: string): string {
  const out: string[] = [];
  let rest = value >>> 0;
  for (const [bit, name] of names) {
    const b = bit >>> 0;
    if (b === 0 || (rest & b) >>> 0 !== b) continue;
    out.push(name);
    rest = (rest & ~b) >>> 0;
  }
  if (rest !== 0) out.push(`0x${rest.toString(16)}`);
  return out.length === 0 ? zero : out.join('|');
}

/** An octal mode with its leading zero. */
const octal = (n: number): string => (n === 0 ? '000' : `0${(n & 0o177777).toString(8)}`);

function openFlags(value: number): string {
  const mode = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'][value & fcntl.O_ACCMODE] as string;
  const rest = bits(value & ~fcntl.O_ACCMODE, OPEN_FLAGS, '');
  return rest === '' ? mode : `${mode}|${rest}`;
}

function mapFlags(value: number): string {
  const type = ['MAP_FILE', 'MAP_SHARED', 'MAP_PRIVATE', 'MAP_SHARED_VALIDATE'][value & 3] as string;
  const rest = bits(value & ~3, MAP_FLAGS, '');
  return rest === '' ? type : `${type}|${rest}`;
}

const SIGNAL_NAMES = new Map<number, string>();
for (const [name, value] of Object.entries(signals)) {
  if (/^SIG[A-Z0-9]+$/.test(name) && !/^SIG(CLD|IOT|POLL|UNUSED|STKSZ|RTM)/.test(name))
    SIGNAL_NAMES.set(value, name);
}
export function signalName(n: number): string {
  return SIGNAL_NAMES.get(n) ?? (n >= 32 && n <= 64 ? `SIGRT_${n - 32}` : String(n));
}

function cloneFlags(value: number): string {
  const exit = value & 0xff;
  const flags = bits(value & ~0xff, CLONE_FLAGS, '');
  const parts = [flags, exit === 0 ? '' : signalName(exit)].filter((s) => s !== '');
  return parts.length === 0 ? '0' : parts.join('|');
}

/** Bytes between quotes, control and high ones escaped as strace does. */
export function quote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const short = { 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' }[c];
    if (short !== undefined) out += short;
    else if (c >= 32 && c < 127) out += text[i];
    else {
      const next = text.charCodeAt(i + 1);
      // Three digits only where a digit follows and would be taken for part of the escape.
      out += `\\${next >= 48 && next <= 55 ? c.toString(8).padStart(3, '0') : c.toString(8)}`;
    }
  }
  return `${out}"`;
}

const pointer = (value: bigint): string => (value === 0n ? 'NULL' : `0x${value.toString(16)}`);
const int32 = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** One argument as text. */
export function formatArg(arg: RawArg): string {
  const { kind, value } = arg;
  switch (kind) {
    case 'path':
    case 'str':
    case 'buf':
      if (arg.text === undefined) return pointer(value);
      return `${quote(arg.text)}${arg.cut === true ? '...' : ''}`;
    case 'dirfd':
      return int32(value) === fcntl.AT_FDCWD ? 'AT_FDCWD' : String(int32(value));
    case 'int':
    case 'fd':
      return String(int32(value));
    case 'uint':
      return String(BigInt.asUintN(32, value));
    case 'size':
      return String(value);
    case 'off':
      return String(BigInt.asIntN(64, value));
    case 'hex':
      return `0x${value.toString(16)}`;
    case 'mode':
      return octal(int32(value));
    case 'open-flags':
      return openFlags(int32(value));
    case 'at-flags':
      return bits(int32(value), AT_FLAGS, '0');
    case 'prot':
      return bits(int32(value), PROT, 'PROT_NONE');
    case 'map-flags':
      return mapFlags(int32(value));
    case 'clone-flags':
      return cloneFlags(int32(value));
    case 'signal':
      return signalName(int32(value));
    default:
      return pointer(value);
  }
}

const ERRNO_NAMES = new Map<number, string>();
for (const [name, value] of Object.entries(errnoNames)) {
  // The table of headers also has words that only begin like error names.
  if (!/^E[A-Z0-9]+$/.test(name) || !Object.hasOwn(messages, name) || typeof value !== 'number') continue;
  if (!ERRNO_NAMES.has(value)) ERRNO_NAMES.set(value, name);
}
const RESTARTS: Readonly<Record<number, string>> = {
  [errnoNames.ERESTARTSYS]: 'ERESTARTSYS',
  [errnoNames.ERESTARTNOINTR]: 'ERESTARTNOINTR',
  [errnoNames.ERESTARTNOHAND]: 'ERESTARTNOHAND',
  [errnoNames.ERESTART_RESTARTBLOCK]: 'ERESTART_RESTARTBLOCK',
};
/** Name of an error number, those of restarts included; `errno N` if it has none. */
export function errnoName(n: number): string {
  return RESTARTS[n] ?? ERRNO_NAMES.get(n) ?? `errno ${n}`;
}

/** Calls whose result is an address. */
const ADDRESS_RESULT = new Set(['mmap', 'mremap', 'brk', 'shmat']);
const MAX_ERRNO = 4095;

/** What stands after the equals sign; undefined: the call never returned. */
export function formatResult(name: string, result: number | undefined): string {
  if (result === undefined) return '?';
  if (result < 0 && result >= -MAX_ERRNO) {
    const restart = RESTARTS[-result];
    if (restart !== undefined) return `? ${restart} (To be restarted)`;
    const error = ERRNO_NAMES.get(-result);
    return error === undefined ? `-1 (errno ${-result})` : `-1 ${error} (${messages[error]})`;
  }
  return ADDRESS_RESULT.has(name) ? `0x${result.toString(16)}` : String(result);
}

/** Column at which the result starts, if the call is short enough. */
const RESULT_COLUMN = 40;

/** The whole line. @param who "pid:tid comm" @param ms time that the call took, undefined when it never returned */
export function formatCall(
  who: string,
  name: string,
  args: readonly RawArg[],
  result: number | undefined,
  ms: number | undefined,
): string {
  const call = `${name}(${args.map(formatArg).join(', ')})`;
  const time = ms === undefined ? '' : ` <${(ms / 1000).toFixed(6)}>`;
  return `[${who}] ${call.padEnd(RESULT_COLUMN - 1)} = ${formatResult(name, result)}${time}`;
}
