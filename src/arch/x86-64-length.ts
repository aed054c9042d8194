/** Lengths of x86-64 instructions (Intel SDM volume 2, chapter 2 and appendix A), as far as ordinary integer code goes. */

/** What follows an opcode: a ModRM byte, an immediate of one, two or four bytes, four that 66 makes two, eight with REX.W. */
const M = 1;
const I8 = 2;
const I16 = 4;
const IZ = 8;
const I32 = 16;
const IV = 32;
/** Not decoded. */
const NO = 64;

const ONE = new Uint8Array(256).fill(NO);
const TWO = new Uint8Array(256).fill(NO);

function set(table: Uint8Array, from: number, to: number, what: number): void {
  table.fill(what, from, to + 1);
}

for (let op = 0; op < 0x40; op += 8) {
  set(ONE, op, op + 3, M);
  ONE[op + 4] = I8;
  ONE[op + 5] = IZ;
}
set(ONE, 0x50, 0x5f, 0);
ONE[0x63] = M;
ONE[0x68] = IZ;
ONE[0x69] = M | IZ;
ONE[0x6a] = I8;
ONE[0x6b] = M | I8;
set(ONE, 0x70, 0x7f, I8);
ONE[0x80] = M | I8;
ONE[0x81] = M | IZ;
ONE[0x83] = M | I8;
set(ONE, 0x84, 0x8f, M);
set(ONE, 0x90, 0x99, 0);
set(ONE, 0x9b, 0x9f, 0);
set(ONE, 0xa4, 0xa7, 0);
ONE[0xa8] = I8;
ONE[0xa9] = IZ;
set(ONE, 0xaa, 0xaf, 0);
set(ONE, 0xb0, 0xb7, I8);
set(ONE, 0xb8, 0xbf, IV);
set(ONE, 0xc0, 0xc1, M | I8);
ONE[0xc2] = I16;
ONE[0xc3] = 0;
ONE[0xc6] = M | I8;
ONE[0xc7] = M | IZ;
ONE[0xc8] = I16 | I8;
ONE[0xc9] = 0;
ONE[0xcc] = 0;
ONE[0xcd] = I8;
set(ONE, 0xd0, 0xd3, M);
set(ONE, 0xd8, 0xdf, M);
set(ONE, 0xe0, 0xe3, I8);
set(ONE, 0xe8, 0xe9, I32);
ONE[0xeb] = I8;
set(ONE, 0xf4, 0xf5, 0);
set(ONE, 0xf6, 0xf7, M);
set(ONE, 0xf8, 0xfd, 0);
set(ONE, 0xfe, 0xff, M);

TWO[0x05] = 0;
TWO[0x0b] = 0;
set(TWO, 0x10, 0x1f, M);
set(TWO, 0x28, 0x2f, M);
TWO[0x31] = 0;
set(TWO, 0x40, 0x6f, M);
set(TWO, 0x70, 0x73, M | I8);
set(TWO, 0x74, 0x76, M);
TWO[0x77] = 0;
set(TWO, 0x7e, 0x7f, M);
set(TWO, 0x80, 0x8f, I32);
set(TWO, 0x90, 0x9f, M);
set(TWO, 0xa0, 0xa2, 0);
TWO[0xa3] = M;
TWO[0xa4] = M | I8;
TWO[0xa5] = M;
set(TWO, 0xa8, 0xa9, 0);
TWO[0xab] = M;
TWO[0xac] = M | I8;
set(TWO, 0xad, 0xb1, M);
set(TWO, 0xb3, 0xb8, M);
TWO[0xba] = M | I8;
set(TWO, 0xbb, 0xc1, M);
TWO[0xc2] = M | I8;
TWO[0xc3] = M;
set(TWO, 0xc4, 0xc6, M | I8);
TWO[0xc7] = M;
set(TWO, 0xc8, 0xcf, 0);
set(TWO, 0xd0, 0xfe, M);

const PREFIXES = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

/** Bytes of the ModRM byte at `at`, with what belongs to it. */
function modrmLength(code: Uint8Array, at: number): number {
  const modrm = code[at] as number;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 3) return 1;
  let length = 1;
  if (rm === 4) {
    length++;
    if (mod === 0 && ((code[at + 1] as number) & 7) === 5) return length + 4;
  }
  if (mod === 1) return length + 1;
  if (mod === 2 || (mod === 0 && rm === 5)) return length + 4;
  return length;
}

/**
 * @param code program text @param at where an instruction begins
 * @returns its length in bytes, or 0 if it is not one of those known here or `code` ends within it
 */
export function instructionLength(code: Uint8Array, at: number): number {
  let i = at;
  let short = false;
  let wide = false;
  while (PREFIXES.has(code[i] as number)) {
    if (code[i] === 0x66) short = true;
    i++;
  }
  if (((code[i] as number) & 0xf0) === 0x40) {
    wide = ((code[i] as number) & 8) !== 0;
    i++;
  }
  let op = code[i++] as number;
  let what = ONE[op] as number;
  if (op === 0x0f) {
    op = code[i++] as number;
    what = TWO[op] as number;
    if (op === 0x38 || op === 0x3a) {
      what = op === 0x3a ? M | I8 : M;
      i++;
    }
  } else if ((op === 0xf6 || op === 0xf7) && ((code[i] as number) & 0x30) === 0) {
    what = M | (op === 0xf6 ? I8 : IZ);
  }
  if ((what & NO) !== 0) return 0;
  if ((what & M) !== 0) i += modrmLength(code, i);
  if ((what & I8) !== 0) i += 1;
  if ((what & I16) !== 0) i += 2;
  if ((what & I32) !== 0) i += 4;
  if ((what & IZ) !== 0) i += short ? 2 : 4;
  if ((what & IV) !== 0) i += wide ? 8 : short ? 2 : 4;
  return i - at <= 15 && i <= code.length ? i - at : 0;
}
