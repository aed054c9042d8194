/** What personality(2) changes beyond the layout of memory, which is the host's. */

import {
  ADDR_COMPAT_LAYOUT,
  ADDR_NO_RANDOMIZE,
  MMAP_PAGE_ZERO,
  PER_LINUX32,
  PER_MASK,
  READ_IMPLIES_EXEC,
  UNAME26,
} from '../abi/personality.js';
import { MACHINE, RELEASE } from './utsname.js';

/** What a program with other credentials does not inherit (PER_CLEAR_ON_SETID). */
const CLEARED_FOR_SETID = READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO;

/** The personality after execve(2). @param secure the program changes credentials */
export function personalityForExec(persona: number, secure: boolean): number {
  return (persona & ~READ_IMPLIES_EXEC & (secure ? ~CLEARED_FOR_SETID : -1)) >>> 0;
}

/** The machine of uname(2). */
export function machineFor(persona: number): string {
  return (persona & PER_MASK) === PER_LINUX32 ? 'i686' : MACHINE;
}

/** The release of uname(2): version 4 and later count on from 2.6.60 for programs that know nothing newer. */
export function releaseFor(persona: number): string {
  if ((persona & UNAME26) === 0) return RELEASE;
  const [, minor, rest] = /^\d+\.(\d+)[\d.]*(.*)$/.exec(RELEASE) ?? [RELEASE, '0', ''];
  return `2.6.${60 + Number(minor)}${rest}`;
}
