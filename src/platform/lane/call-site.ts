/**
 * Where a program's text makes a call, and how that place is made to jump to the fast lane instead.
 *
 * A site is `mov $nr, %eax; syscall` (or `xor %eax, %eax; syscall`). Only the first two bytes change, into a short jump to
 * padding between functions, where a long jump leads on. The syscall instruction itself stays where it is and as it is: threads that are in
 * that call, calls that the host restarts, and jumps to the instruction find it; and so does the lane for what it does not do.
 */

import { instructionLength } from '../../arch/x86-64-length.js';

/** How much text around a site is looked at: before the address behind its syscall instruction, and after. */
export const SITE_BEFORE = 7;
export const SITE_AFTER = 176;

const SHORT_JUMP = 0xeb;
const NEAR_JUMP = 0xe9;
const NEAR_JUMP_SIZE = 5;

export interface CallSite {
  /** Where the two bytes to change are. */
  readonly start: number;
  /** Where NEAR_JUMP_SIZE bytes of padding are. */
  readonly padding: number;
}

/** Length of the no-operation at `at`, or 0. */
function nopLength(code: Uint8Array, at: number): number {
  let i = at;
  while (code[i] === 0x66 || code[i] === 0x2e) i++;
  const nop = code[i] === 0x90 || code[i] === 0xcc || (code[i] === 0x0f && code[i + 1] === 0x1f);
  return nop ? instructionLength(code, at) : 0;
}

/** True if nothing goes on behind the instruction at `at`: ret, jmp, ud2, hlt. */
function endsFlow(code: Uint8Array, at: number): boolean {
  const op = code[at] as number;
  if (op === 0xc3 || op === 0xc2 || op === SHORT_JUMP || op === NEAR_JUMP || op === 0xf4) return true;
  if (op === 0xff) return (((code[at + 1] as number) >> 3) & 7) === 4;
  return op === 0x0f && code[at + 1] === 0x0b;
}

/**
 * Padding reaches to a border that something is aligned to, and is shorter than from one border to the next. What only looks like
 * it, as the room that is left at a function's beginning for tracers, may be executed.
 */
function reachesBorder(end: number, length: number): boolean {
  return end % 2 ** (32 - Math.clz32(length)) === 0;
}

/** First byte of the site's two instructions, as an offset into `code`, or -1. */
function siteStart(code: Uint8Array, after: number, nr: number): number {
  if (code[after - 2] !== 0x0f || code[after - 1] !== 0x05) return -1;
  const dv = new DataView(code.buffer, code.byteOffset, code.byteLength);
  if (code[after - 7] === 0xb8 && dv.getUint32(after - 6, true) === nr) return after - 7;
  const zero = (code[after - 4] === 0x31 || code[after - 4] === 0x33) && code[after - 3] === 0xc0;
  return zero && nr === 0 ? after - 4 : -1;
}

/**
 * @param code text from SITE_BEFORE bytes before `ip` on
 * @param ip address behind the syscall instruction @param nr the call made there
 * @returns undefined where text is of another shape, or has no padding near enough
 */
export function findCallSite(code: Uint8Array, ip: number, nr: number): CallSite | undefined {
  const start = siteStart(code, SITE_BEFORE, nr);
  if (start < 0) return undefined;
  const base = ip - SITE_BEFORE;
  let at = SITE_BEFORE;
  let ended = false;
  for (;;) {
    if (ended) {
      const pad = at;
      for (let n = nopLength(code, at); n > 0; n = nopLength(code, at)) at += n;
      if (pad - (start + 2) > 127) return undefined;
      if (at - pad >= NEAR_JUMP_SIZE && reachesBorder(base + at, at - pad))
        return { start: base + start, padding: base + pad };
    }
    const n = instructionLength(code, at);
    if (n === 0) return undefined;
    ended = endsFlow(code, at);
    at += n;
  }
}

/** `jmp` from `at` to `to`. @returns undefined if that is too far */
export function nearJump(at: number, to: number): Uint8Array | undefined {
  const distance = to - (at + NEAR_JUMP_SIZE);
  if (distance !== (distance | 0)) return undefined;
  const bytes = new Uint8Array(NEAR_JUMP_SIZE);
  bytes[0] = NEAR_JUMP;
  new DataView(bytes.buffer).setInt32(1, distance, true);
  return bytes;
}

/** The site's two bytes. */
export function shortJump(site: CallSite): Uint8Array {
  return new Uint8Array([SHORT_JUMP, site.padding - (site.start + 2)]);
}

/**
 * What lies between a site and the lane's entry: rcx gets the address behind the syscall instruction, rax the call's number. An
 * entry that is too far for a near jump is reached through r11, which the instruction would have changed too.
 */
export function siteCode(at: number, entry: number, ip: number, nr: number): Uint8Array {
  const bytes = new Uint8Array(28);
  const dv = new DataView(bytes.buffer);
  dv.setUint16(0, 0xb948, true);
  dv.setBigUint64(2, BigInt(ip), true);
  bytes[10] = 0xb8;
  dv.setUint32(11, nr, true);
  const jump = nearJump(at + 15, entry);
  if (jump !== undefined) {
    bytes.set(jump, 15);
    return bytes;
  }
  dv.setUint16(15, 0xbb49, true);
  dv.setBigUint64(17, BigInt(entry), true);
  bytes.set([0x41, 0xff, 0xe3], 25);
  return bytes;
}
