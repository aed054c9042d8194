/** A plain machine for classic BPF (Documentation/networking/filter.rst), with arithmetic of its own: slow, and easy to believe. */

export interface Insn {
  code: number;
  jt: number;
  jf: number;
  k: number;
}

const WORD = 2n ** 32n;
const word = (n: bigint): bigint => ((n % WORD) + WORD) % WORD;

/** @returns the result as an unsigned number; `read` hears of each word of the data that the program looks at */
export function interpret(
  program: readonly Insn[],
  data: readonly number[],
  read: (index: number) => void = () => {},
): number {
  let [a, x] = [0n, 0n];
  const memory = new Map<number, bigint>();
  for (let pc = 0; ; pc++) {
    const insn = program[pc];
    if (insn === undefined) throw new Error('the program has no end');
    const k = BigInt(insn.k >>> 0);
    const operand = (insn.code & 8) !== 0 ? x : k;
    const skip = (taken: boolean): void => {
      pc += taken ? insn.jt : insn.jf;
    };
    switch (insn.code) {
      case 0x20:
        read(insn.k / 4);
        a = BigInt((data[insn.k / 4] as number) >>> 0);
        break;
      case 0x80:
        a = 64n;
        break;
      case 0x81:
        x = 64n;
        break;
      case 0x00:
        a = k;
        break;
      case 0x01:
        x = k;
        break;
      case 0x60:
        a = memory.get(insn.k) as bigint;
        break;
      case 0x61:
        x = memory.get(insn.k) as bigint;
        break;
      case 0x02:
        memory.set(insn.k, a);
        break;
      case 0x03:
        memory.set(insn.k, x);
        break;
      case 0x04:
      case 0x0c:
        a = word(a + operand);
        break;
      case 0x14:
      case 0x1c:
        a = word(a - operand);
        break;
      case 0x24:
      case 0x2c:
        a = word(a * operand);
        break;
      case 0x34:
      case 0x3c:
        if (operand === 0n) return 0;
        a = a / operand;
        break;
      case 0x44:
      case 0x4c:
        a |= operand;
        break;
      case 0x54:
      case 0x5c:
        a &= operand;
        break;
      case 0xa4:
      case 0xac:
        a ^= operand;
        break;
      case 0x64:
      case 0x6c:
        a = word(a << (operand % 32n));
        break;
      case 0x74:
      case 0x7c:
        a >>= operand % 32n;
        break;
      case 0x84:
        a = word(-a);
        break;
      case 0x05:
        pc += insn.k;
        break;
      case 0x15:
      case 0x1d:
        skip(a === operand);
        break;
      case 0x25:
      case 0x2d:
        skip(a > operand);
        break;
      case 0x35:
      case 0x3d:
        skip(a >= operand);
        break;
      case 0x45:
      case 0x4d:
        skip((a & operand) !== 0n);
        break;
      case 0x06:
        return Number(k);
      case 0x16:
        return Number(a);
      case 0x07:
        x = a;
        break;
      case 0x87:
        a = x;
        break;
      default:
        throw new Error(`no instruction: ${insn.code}`);
    }
  }
}

export function encode(program: readonly Insn[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(({ code, jt, jf, k }, i) => {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, jt);
    view.setUint8(8 * i + 3, jf);
    view.setUint32(8 * i + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}

export function decode(bytes: Uint8Array): Insn[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, i) => ({
    code: view.getUint16(8 * i, true),
    jt: view.getUint8(8 * i + 2),
    jf: view.getUint8(8 * i + 3),
    k: view.getUint32(8 * i + 4, true),
  }));
}

/** A generator of numbers that gives the same ones again (xorshift32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const LOADS = [0x20, 0x20, 0x20, 0x80, 0x00, 0x60];
const OTHERS = [0x81, 0x01, 0x61, 0x02, 0x03, 0x07, 0x87, 0x84];
const ARITHMETIC = [0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0xa4, 0x64, 0x74].flatMap((c) => [c, c | 8]);
const JUMPS = [0x15, 0x25, 0x35, 0x45].flatMap((c) => [c, c | 8]);
const CONSTANTS = [0, 1, 2, 3, 31, 32, 39, 59, 64, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0xc000003e];

/** A program that is allowed: it begins by filling all memory, so that every load finds something. */
export function randomProgram(random: (below: number) => number, length: number): Insn[] {
  const constant = (): number => CONSTANTS[random(CONSTANTS.length)] as number;
  const insn = (left: number): Insn => {
    const kind = random(10);
    const from = kind < 4 ? LOADS : kind < 6 ? OTHERS : kind < 8 ? ARITHMETIC : JUMPS;
    const code = from[random(from.length)] as number;
    if (code === 0x20) return { code, jt: 0, jf: 0, k: 4 * (random(3) === 0 ? random(16) : random(2)) };
    if (code === 0x34) return { code, jt: 0, jf: 0, k: constant() || 7 };
    if (code === 0x64 || code === 0x74) return { code, jt: 0, jf: 0, k: random(32) };
    if ([0x60, 0x61, 0x02, 0x03].includes(code)) return { code, jt: 0, jf: 0, k: random(16) };
    const reach = Math.min(left, 255);
    if (from === JUMPS && random(8) === 0) return { code: 0x05, jt: 0, jf: 0, k: random(left) };
    if (from === JUMPS) return { code, jt: random(reach), jf: random(reach), k: constant() };
    return { code, jt: random(256), jf: random(256), k: constant() };
  };
  const fill = Array.from({ length: 16 }, (_, k) => ({ code: k % 2 === 0 ? 0x02 : 0x03, jt: 0, jf: 0, k }));
  const middle = Array.from({ length }, (_, i) => insn(length - i));
  return [...fill, ...middle, { code: random(2) === 0 ? 0x16 : 0x06, jt: 0, jf: 0, k: constant() }];
}
