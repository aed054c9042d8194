/** The filters of ss(8): a small program that is run for each socket (INET_DIAG_REQ_BYTECODE, net/ipv4/inet_diag.c). */

import { EINVAL } from '../../../abi/errno.js';
import * as diag from '../../../abi/sock-diag.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../../abi/socket.js';
import { type Ip, isAny, isV4 } from '../../inet/address.js';
import { LOOPBACK_INDEX, samePrefix } from '../../inet/device.js';

/** What a filter may look at. */
export interface Filtered {
  readonly family: number;
  readonly local: { readonly ip: Ip; readonly port: number };
  readonly remote: { readonly ip: Ip; readonly port: number };
  /** The port was chosen for the socket. */
  readonly autobound: boolean;
}

/** Longest program: every socket is tried with it. */
const MAX_PROGRAM = 4096;

/** Operations with an operand after them: how many bytes, the operation's own included. */
function sizeOf(program: Buffer, off: number): number | undefined {
  const code = program[off];
  switch (code) {
    case diag.INET_DIAG_BC_NOP:
    case diag.INET_DIAG_BC_JMP:
    case diag.INET_DIAG_BC_AUTO:
      return diag.INET_DIAG_BC_OP_SIZE;
    case diag.INET_DIAG_BC_S_GE:
    case diag.INET_DIAG_BC_S_LE:
    case diag.INET_DIAG_BC_D_GE:
    case diag.INET_DIAG_BC_D_LE:
    case diag.INET_DIAG_BC_S_EQ:
    case diag.INET_DIAG_BC_D_EQ:
    case diag.INET_DIAG_BC_DEV_COND:
      return 2 * diag.INET_DIAG_BC_OP_SIZE;
    case diag.INET_DIAG_BC_S_COND:
    case diag.INET_DIAG_BC_D_COND: {
      const cond = off + diag.INET_DIAG_BC_OP_SIZE;
      if (cond + diag.INET_DIAG_HOSTCOND_SIZE > program.length) return undefined;
      const family = program[cond];
      const bytes = family === AF_INET ? 4 : family === AF_INET6 ? 16 : family === AF_UNSPEC ? 0 : undefined;
      if (bytes === undefined || (program[cond + 1] ?? 0) > 8 * bytes) return undefined;
      return diag.INET_DIAG_BC_OP_SIZE + diag.INET_DIAG_HOSTCOND_SIZE + bytes;
    }
    default:
      return undefined;
  }
}

/** Is every jump forward, to an operation, and not beyond the end? @returns 0 or -EINVAL */
export function auditBytecode(program: Buffer): number {
  if (program.length > MAX_PROGRAM) return -EINVAL;
  const starts = new Set<number>();
  const jumps: number[] = [];
  let off = 0;
  while (off < program.length) {
    starts.add(off);
    const size = off + diag.INET_DIAG_BC_OP_SIZE <= program.length ? sizeOf(program, off) : undefined;
    if (size === undefined || off + size > program.length) return -EINVAL;
    const yes = program[off + 1] ?? 0;
    const no = program.readUInt16LE(off + 2);
    const left = program.length - off;
    if (program[off] !== diag.INET_DIAG_BC_NOP) {
      // One word beyond the end is how a filter says no.
      if (no < diag.INET_DIAG_BC_OP_SIZE || no > left + diag.INET_DIAG_BC_OP_SIZE || no % 4 !== 0)
        return -EINVAL;
      if (no < left) jumps.push(off + no);
    }
    if (yes < diag.INET_DIAG_BC_OP_SIZE || yes > left + diag.INET_DIAG_BC_OP_SIZE || yes % 4 !== 0)
      return -EINVAL;
    // The operand of a comparison is the operation after it, or belongs to this one.
    if (yes < size && program[off] !== diag.INET_DIAG_BC_JMP) return -EINVAL;
    off += yes;
    if (off < program.length) jumps.push(off);
  }
  return off === program.length && jumps.every((j) => starts.has(j)) ? 0 : -EINVAL;
}

function hostFits(program: Buffer, off: number, end: { ip: Ip; port: number }, family: number): boolean {
  const wanted = program[off];
  const bits = program[off + 1] ?? 0;
  const port = program.readInt32LE(off + 4);
  if (port !== -1 && port !== end.port) return false;
  if (wanted === AF_UNSPEC || bits === 0) return wanted === AF_UNSPEC || family === wanted;
  const at = off + diag.INET_DIAG_HOSTCOND_SIZE;
  const ip = program.toString('latin1', at, at + (wanted === AF_INET ? 4 : 16));
  // The wildcard address of an IPv6 socket is that of IPv4, too, and nothing else.
  if (isV4(ip) && !isV4(end.ip) && isAny(end.ip)) return false;
  return samePrefix(ip, end.ip, bits);
}

function test(program: Buffer, off: number, s: Filtered): boolean {
  const operand = (): number => program.readUInt16LE(off + diag.INET_DIAG_BC_OP_SIZE + 2);
  switch (program[off]) {
    case diag.INET_DIAG_BC_NOP:
      return true;
    case diag.INET_DIAG_BC_S_GE:
      return s.local.port >= operand();
    case diag.INET_DIAG_BC_S_LE:
      return s.local.port <= operand();
    case diag.INET_DIAG_BC_S_EQ:
      return s.local.port === operand();
    case diag.INET_DIAG_BC_D_GE:
      return s.remote.port >= operand();
    case diag.INET_DIAG_BC_D_LE:
      return s.remote.port <= operand();
    case diag.INET_DIAG_BC_D_EQ:
      return s.remote.port === operand();
    case diag.INET_DIAG_BC_AUTO:
      return s.autobound;
    case diag.INET_DIAG_BC_DEV_COND: {
      const index = program.readUInt32LE(off + diag.INET_DIAG_BC_OP_SIZE);
      return index === LOOPBACK_INDEX && !isAny(s.local.ip);
    }
    case diag.INET_DIAG_BC_S_COND:
      return hostFits(program, off + diag.INET_DIAG_BC_OP_SIZE, s.local, s.family);
    case diag.INET_DIAG_BC_D_COND:
      return hostFits(program, off + diag.INET_DIAG_BC_OP_SIZE, s.remote, s.family);
    default:
      return false;
  }
}

/** Runs an audited program. @returns does the socket pass? */
export function runBytecode(program: Buffer, s: Filtered): boolean {
  let off = 0;
  while (off < program.length) {
    const no = program.readUInt16LE(off + 2);
    off += test(program, off, s) ? (program[off + 1] ?? 0) : no;
  }
  return off === program.length;
}
