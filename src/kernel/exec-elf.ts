/** ELF programs: headers checked and turned into mappings, as in fs/binfmt_elf.c. */

import { EM_X86_64, ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, PT_INTERP, PT_LOAD, PT_PHDR } from '../abi/elf.js';
import { EINVAL, EIO, ENOEXEC } from '../abi/errno.js';
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_EXEC, PROT_READ, PROT_WRITE } from '../abi/mman.js';
import type { LoadOp } from '../arch/load-plan.js';
import { PAGE_SIZE, TASK_SIZE } from '../arch/x86-64.js';

const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
/** As the kernel: the program headers fit in 64 KiB. */
const MAX_PHDRS = 65536 / PHDR_SIZE;
/** More segments than this no real program has; the loader's plan is of fixed size. */
const MAX_LOADS = 20;

interface Phdr {
  type: number;
  flags: number;
  offset: number;
  vaddr: number;
  filesz: number;
  memsz: number;
  align: number;
}

export interface ElfImage {
  type: number;
  entry: number;
  phnum: number;
  /** Address of the program headers before relocation, 0 if they are not mapped. */
  phdrAddr: number;
  loads: Phdr[];
  /** Path in PT_INTERP, latin1. */
  interpreter: string | undefined;
  /** First and last+1 page address of all segments. */
  low: number;
  high: number;
  align: number;
}

/** Reads exactly `len` bytes at `pos`; a shorter array at the end of the file, or -errno. */
export type ReadAt = (pos: number, len: number) => Uint8Array | number;

const floorPage = (x: number): number => Math.floor(x / PAGE_SIZE) * PAGE_SIZE;
const ceilPage = (x: number): number => Math.ceil(x / PAGE_SIZE) * PAGE_SIZE;

function u64(dv: DataView, off: number): number {
  return dv.getUint32(off, true) + dv.getUint32(off + 4, true) * 4294967296;
}

/** @param head the first bytes of the file. @returns the image or -ENOEXEC and the like */
export function parseElf(head: Uint8Array, readAt: ReadAt): ElfImage | number {
  if (head.length < EHDR_SIZE || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46)
    return -ENOEXEC;
  const dv = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = dv.getUint16(16, true);
  if (head[4] !== 2 || head[5] !== 1 || dv.getUint16(18, true) !== EM_X86_64) return -ENOEXEC;
  if (type !== ET_EXEC && type !== ET_DYN) return -ENOEXEC;
  const phoff = u64(dv, 32);
  const phnum = dv.getUint16(56, true);
  if (dv.getUint16(54, true) !== PHDR_SIZE || phnum < 1 || phnum > MAX_PHDRS) return -ENOEXEC;
  const table = readAt(phoff, phnum * PHDR_SIZE);
  if (typeof table === 'number') return table;
  if (table.length < phnum * PHDR_SIZE) return -ENOEXEC;
  return collect(table, { type, entry: u64(dv, 24), phoff, phnum }, readAt);
}

function collect(
  table: Uint8Array,
  h: { type: number; entry: number; phoff: number; phnum: number },
  readAt: ReadAt,
): ElfImage | number {
  const dv = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const image: ElfImage = {
    type: h.type,
    entry: h.entry,
    phnum: h.phnum,
    phdrAddr: 0,
    loads: [],
    interpreter: undefined,
    low: Infinity,
    high: 0,
    align: PAGE_SIZE,
  };
  for (let i = 0; i < h.phnum; i++) {
    const at = i * PHDR_SIZE;
    const p: Phdr = {
      type: dv.getUint32(at, true),
      flags: dv.getUint32(at + 4, true),
      offset: u64(dv, at + 8),
      vaddr: u64(dv, at + 16),
      filesz: u64(dv, at + 32),
      memsz: u64(dv, at + 40),
      align: u64(dv, at + 48),
    };
    if (p.type === PT_PHDR) image.phdrAddr = p.vaddr;
    if (p.type === PT_INTERP && image.interpreter === undefined) {
      const name = readInterpreter(p, readAt);
      if (typeof name === 'number') return name;
      image.interpreter = name;
    }
    if (p.type === PT_LOAD && p.memsz > 0) {
      const bad = addLoad(image, p);
      if (bad < 0) return bad;
      const headers = h.phoff >= p.offset && h.phoff < p.offset + p.filesz;
      if (image.phdrAddr === 0 && headers) image.phdrAddr = h.phoff - p.offset + p.vaddr;
    }
  }
  return image.loads.length === 0 ? -ENOEXEC : image;
}

function addLoad(image: ElfImage, p: Phdr): number {
  if (p.filesz > p.memsz || p.vaddr + p.memsz > TASK_SIZE || p.offset + p.filesz > Number.MAX_SAFE_INTEGER)
    return -EINVAL;
  if (p.vaddr % PAGE_SIZE !== p.offset % PAGE_SIZE && p.filesz > 0) return -EINVAL;
  if (image.loads.length >= MAX_LOADS) return -ENOEXEC;
  image.loads.push(p);
  image.low = Math.min(image.low, floorPage(p.vaddr));
  image.high = Math.max(image.high, ceilPage(p.vaddr + p.memsz));
  if (p.align > image.align && p.align <= 1 << 30 && Number.isInteger(Math.log2(p.align)))
    image.align = p.align;
  return 0;
}

function readInterpreter(p: Phdr, readAt: ReadAt): string | number {
  if (p.filesz < 2 || p.filesz > 4096) return -ENOEXEC;
  const bytes = readAt(p.offset, p.filesz);
  if (typeof bytes === 'number') return bytes;
  if (bytes.length < p.filesz) return -EIO;
  const text = Buffer.from(bytes).toString('latin1');
  const nul = text.indexOf('\0');
  return nul < 1 ? -ENOEXEC : text.slice(0, nul);
}

/**
 * Mappings of one image.
 * @param bias added to every address (0 for ET_EXEC)
 * @param fd number of the file in the guest's host descriptor table
 */
export function mapElf(image: ElfImage, bias: number, fd: number): LoadOp[] {
  return image.loads.flatMap((p) => mapSegment(p, bias, fd));
}

function mapSegment(p: Phdr, bias: number, fd: number): LoadOp[] {
  const ops: LoadOp[] = [];
  const prot =
    ((p.flags & PF_R) !== 0 ? PROT_READ : 0) |
    ((p.flags & PF_W) !== 0 ? PROT_WRITE : 0) |
    ((p.flags & PF_X) !== 0 ? PROT_EXEC : 0);
  const start = floorPage(p.vaddr + bias);
  const fileEnd = p.vaddr + bias + p.filesz;
  const mapEnd = p.filesz > 0 ? ceilPage(fileEnd) : start;
  const memEnd = ceilPage(p.vaddr + bias + p.memsz);
  if (p.filesz > 0) {
    ops.push({
      kind: 'mmap',
      addr: start,
      len: mapEnd - start,
      prot,
      flags: MAP_PRIVATE | MAP_FIXED,
      fd,
      off: floorPage(p.offset),
    });
    if (p.memsz > p.filesz && mapEnd > fileEnd && (p.flags & PF_W) !== 0) {
      ops.push({ kind: 'zero', addr: fileEnd, len: mapEnd - fileEnd });
    }
  }
  if (memEnd > mapEnd) {
    ops.push({
      kind: 'mmap',
      addr: mapEnd,
      len: memEnd - mapEnd,
      prot,
      flags: MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
      fd: -1,
      off: 0,
    });
  }
  return ops;
}
