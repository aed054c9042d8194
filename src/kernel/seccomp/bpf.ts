/**
 * Classic BPF as filters of calls are written in it: what is a program (seccomp_check_filter of kernel/seccomp.c, bpf_check_classic
 * of net/core/filter.c), and what it returns. Jumps only lead forward, so a program ends after as many steps as it has instructions.
 */

import { EINVAL } from '../../abi/errno.js';
import {
  BPF_A,
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_DIV,
  BPF_IMM,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LEN,
  BPF_LSH,
  BPF_MAXINSNS,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_MISC,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RET,
  BPF_RSH,
  BPF_ST,
  BPF_STX,
  BPF_SUB,
  BPF_TAX,
  BPF_TXA,
  BPF_X,
  BPF_XOR,
  DATA_ARCH,
  DATA_NR,
  SECCOMP_DATA_SIZE,
  SOCK_FILTER_SIZE,
} from '../../abi/seccomp.js';

/** A checked program. */
export interface BpfProgram {
  /** Two words an instruction: code | jt << 16 | jf << 24, and k. */
  readonly words: Int32Array;
  /** Instructions that the host kernel would count for it. */
  readonly size: number;
}

const OPERATIONS = [BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH];
const CONDITIONS = [BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET];

/** Every instruction that a filter may have. */
const ALLOWED = new Set<number>([
  BPF_LD | BPF_ABS,
  BPF_LD | BPF_LEN,
  BPF_LD | BPF_IMM,
  BPF_LD | BPF_MEM,
  BPF_LDX | BPF_LEN,
  BPF_LDX | BPF_IMM,
  BPF_LDX | BPF_MEM,
  BPF_ST,
  BPF_STX,
  ...OPERATIONS.flatMap((op) => [BPF_ALU | op | BPF_K, BPF_ALU | op | BPF_X]),
  BPF_ALU | BPF_NEG,
  BPF_JMP | BPF_JA,
  ...CONDITIONS.flatMap((op) => [BPF_JMP | op | BPF_K, BPF_JMP | op | BPF_X]),
  BPF_RET | BPF_K,
  BPF_RET | BPF_A,
  BPF_MISC | BPF_TAX,
  BPF_MISC | BPF_TXA,
]);

const codeOf = (word: number): number => word & 0xffff;
const jtOf = (word: number): number => (word >>> 16) & 0xff;
const jfOf = (word: number): number => word >>> 24;
const classOf = (code: number): number => code & 7;

function isConditional(code: number): boolean {
  return classOf(code) === BPF_JMP && code !== (BPF_JMP | BPF_JA);
}

/** Instructions of the machine that the host translates a program to, which MAX_INSNS_PER_PATH counts (bpf_convert_filter). */
function translatedSize(words: Int32Array): number {
  let size = 3;
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i] as number;
    const code = codeOf(word);
    if (code === (BPF_RET | BPF_K)) size += 2;
    else if (code === (BPF_ALU | BPF_DIV | BPF_X)) size += 5;
    else if (isConditional(code)) size += translatedJump(word, words[i + 1] as number);
    else size++;
  }
  return size;
}

function translatedJump(word: number, k: number): number {
  const code = codeOf(word);
  // A constant that would be taken for a negative one is loaded first.
  const load = (code & BPF_X) === 0 && k < 0 ? 1 : 0;
  const single = jfOf(word) === 0 || (jtOf(word) === 0 && (code & 0xf0) !== BPF_JSET);
  return load + (single ? 1 : 2);
}

/** One instruction by itself. @param left instructions after it */
function validInstruction(word: number, k: number, left: number): boolean {
  const code = codeOf(word);
  if (!ALLOWED.has(code)) return false;
  if (code === (BPF_LD | BPF_ABS)) return k >>> 0 < SECCOMP_DATA_SIZE && (k & 3) === 0;
  if (code === (BPF_ALU | BPF_DIV | BPF_K)) return k !== 0;
  if (code === (BPF_ALU | BPF_LSH | BPF_K) || code === (BPF_ALU | BPF_RSH | BPF_K)) return k >>> 0 < 32;
  const memory = code === (BPF_LD | BPF_MEM) || code === (BPF_LDX | BPF_MEM);
  if (memory || code === BPF_ST || code === BPF_STX) return k >>> 0 < BPF_MEMWORDS;
  if (code === (BPF_JMP | BPF_JA)) return k >>> 0 < left;
  if (isConditional(code)) return jtOf(word) < left && jfOf(word) < left;
  return true;
}

/** Whether no word of memory is read that some way to the instruction has not written (check_load_and_stores). */
function readsWhatWasWritten(words: Int32Array): boolean {
  const count = words.length / 2;
  /** By instruction: words written on every way that jumps to it. */
  const masks = new Uint16Array(count).fill(0xffff);
  let written = 0;
  for (let pc = 0; pc < count; pc++) {
    written &= masks[pc] as number;
    const word = words[2 * pc] as number;
    const k = words[2 * pc + 1] as number;
    const code = codeOf(word);
    if (code === BPF_ST || code === BPF_STX) written |= 1 << k;
    else if (code === (BPF_LD | BPF_MEM) || code === (BPF_LDX | BPF_MEM)) {
      if ((written & (1 << k)) === 0) return false;
    } else if (code === (BPF_JMP | BPF_JA)) {
      masks[pc + 1 + k] = (masks[pc + 1 + k] as number) & written;
      written = 0xffff;
    } else if (isConditional(code)) {
      for (const to of [pc + 1 + jtOf(word), pc + 1 + jfOf(word)])
        masks[to] = (masks[to] as number) & written;
      written = 0xffff;
    }
  }
  return true;
}

/**
 * Checks a program.
 * @param bytes struct sock_filter after struct sock_filter; a copy, for it is read more than once
 * @returns the program, or -EINVAL
 */
export function checkProgram(bytes: Uint8Array): BpfProgram | number {
  const count = bytes.length / SOCK_FILTER_SIZE;
  if (count === 0 || count > BPF_MAXINSNS || !Number.isInteger(count)) return -EINVAL;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Int32Array(2 * count);
  for (let i = 0; i < words.length; i++) words[i] = view.getInt32(4 * i, true);
  for (let pc = 0; pc < count; pc++) {
    if (!validInstruction(words[2 * pc] as number, words[2 * pc + 1] as number, count - pc - 1))
      return -EINVAL;
  }
  if (classOf(words[2 * count - 2] as number) !== BPF_RET || !readsWhatWasWritten(words)) return -EINVAL;
  return { words, size: translatedSize(words) };
}

const memory = new Int32Array(BPF_MEMWORDS);

function operate(code: number, a: number, b: number): number {
  switch (code & 0xf0) {
    case BPF_ADD:
      return (a + b) | 0;
    case BPF_SUB:
      return (a - b) | 0;
    case BPF_MUL:
      return Math.imul(a, b);
    case BPF_DIV:
      return Math.floor((a >>> 0) / (b >>> 0)) | 0;
    case BPF_OR:
      return a | b;
    case BPF_AND:
      return a & b;
    case BPF_XOR:
      return a ^ b;
    case BPF_LSH:
      return a << b;
    case BPF_RSH:
      return (a >>> b) | 0;
    default:
      return -a | 0;
  }
}

function holds(code: number, a: number, b: number): boolean {
  switch (code & 0xf0) {
    case BPF_JEQ:
      return a === b;
    case BPF_JGT:
      return a >>> 0 > b >>> 0;
    case BPF_JGE:
      return a >>> 0 >= b >>> 0;
    default:
      return (a & b) !== 0;
  }
}

/** What `run` says of a program whose result depends on more than number and architecture. */
export const DEPENDS = 0x1_0000_0000;

/**
 * Runs a checked program.
 * @param data struct seccomp_data as words
 * @param onlyNumber only the number and the architecture are known
 * @returns SECCOMP_RET_* with its data as a signed word, or DEPENDS
 */
export function run(program: BpfProgram, data: Int32Array, onlyNumber = false): number {
  const { words } = program;
  let a = 0;
  let x = 0;
  for (let pc = 0; pc < words.length; pc += 2) {
    const word = words[pc] as number;
    const k = words[pc + 1] as number;
    const code = word & 0xffff;
    switch (code & 7) {
      case BPF_LD:
      case BPF_LDX: {
        let value = k;
        const mode = code & 0xe0;
        if (mode === BPF_ABS) {
          const index = k >> 2;
          if (onlyNumber && index !== DATA_NR && index !== DATA_ARCH) return DEPENDS;
          value = data[index] as number;
        } else if (mode === BPF_MEM) value = memory[k] as number;
        else if (mode === BPF_LEN) value = SECCOMP_DATA_SIZE;
        if ((code & 7) === BPF_LD) a = value;
        else x = value;
        break;
      }
      case BPF_ST:
        memory[k] = a;
        break;
      case BPF_STX:
        memory[k] = x;
        break;
      case BPF_ALU: {
        const b = (code & BPF_X) !== 0 ? x : k;
        // As the translated program does: it ends, with what kills.
        if (b === 0 && (code & 0xf0) === BPF_DIV) return 0;
        a = operate(code, a, b);
        break;
      }
      case BPF_JMP:
        if (code === (BPF_JMP | BPF_JA)) pc += 2 * k;
        else pc += 2 * (holds(code, a, (code & BPF_X) !== 0 ? x : k) ? (word >>> 16) & 0xff : word >>> 24);
        break;
      case BPF_RET:
        return (code & BPF_A) !== 0 ? a : k;
      default:
        if (code === (BPF_MISC | BPF_TAX)) x = a;
        else a = x;
    }
  }
  throw new Error('a checked program ran off its end');
}
