/**
 * Core files (core(5), fs/coredump.c): a process that a signal is about to end writes `core` into its working directory, if
 * its limit, its credentials and the directory allow it. Of several threads only the dying one's registers are kept.
 */

import { EHDR_SIZE, ET_CORE, PHDR_SIZE, USER_REGS_SIZE } from '../../abi/coredump.js';
import { ELFCLASS64, ELFDATA2LSB, EM_X86_64, PF_R, PF_W, PF_X, PT_LOAD, PT_NOTE } from '../../abi/elf.js';
import { AT_FDCWD, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } from '../../abi/fcntl.js';
import { RLIMIT_CORE } from '../../abi/sched.js';
import {
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGQUIT,
  SIGSEGV,
  SIGSYS,
  SIGTRAP,
  SIGXCPU,
  SIGXFSZ,
} from '../../abi/signal.js';
import { S_IFMT, S_IFREG } from '../../abi/stat.js';
import { putI64, SIGINFO_SIZE } from '../../abi/structs-process.js';
import { auxvText, guestText } from '../../fs/proc/pid.js';
import { cmdlineText } from '../../fs/proc/status.js';
import type { OpenFile } from '../../vfs/file.js';
import { openAt } from '../../vfs/open.js';
import { vfsUnlink } from '../../vfs/remove.js';
import { sigBit, signalState } from '../sigstate.js';
import type { Task } from '../task.js';
import { BufferSource } from '../useriov.js';
import { type Area, dumpAreas } from './areas.js';
import { coreNotes } from './notes.js';

const CORE_SIGNALS = new Set([
  SIGQUIT,
  SIGILL,
  SIGTRAP,
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGSEGV,
  SIGSYS,
  SIGXCPU,
  SIGXFSZ,
]);
/** /proc/sys/kernel/core_pattern */
const CORE_NAME = 'core';
const PAGE = 4096;
/** The sentry serves nobody else meanwhile, so a core ends here at the latest, as at its limit. */
const MAX_CORE = 128 << 20;
const CHUNK = 1 << 16;
/** With more mappings there is no core file: just to look through them all would take seconds. */
const MAX_AREAS = 8192;
/** Where registers and siginfo are staged. */
const SCRATCH = 0x100000 - 1024;

/** True if `sig`, about to be delivered, will end the process with a core file. */
function wantsCore(task: Task, sig: number): boolean {
  const tg = task.group;
  if (!CORE_SIGNALS.has(sig) || tg.limit(RLIMIT_CORE) < PAGE || tg.dumpable !== 1 || tg.coreSignal !== 0)
    return false;
  const state = signalState(task);
  return state !== undefined && ((state.caught | state.ignored) & sigBit(sig)) === 0n;
}

function hasTooManyAreas(task: Task): boolean {
  const maps = task.kernel.native.hostProc(task.hostTid, 'maps');
  if (typeof maps !== 'string') return true;
  let lines = 0;
  for (let at = maps.indexOf('\n'); at >= 0 && lines <= MAX_AREAS; at = maps.indexOf('\n', at + 1)) lines++;
  return lines > MAX_AREAS;
}

/** A task stands at the delivery of `sig`: writes its core file if there is to be one. */
export function maybeDumpCore(task: Task, sig: number): void {
  if (!wantsCore(task, sig) || hasTooManyAreas(task)) return;
  const file = openCore(task);
  if (file === undefined) return;
  file.refs++;
  if (writeCore(task, sig, file)) task.group.coreSignal = sig;
  if (--file.refs === 0) file.release();
}

/** A new file, in place of what had its name; the process's own, and nobody else's to read. */
function openCore(task: Task): OpenFile | undefined {
  vfsUnlink(task, AT_FDCWD, CORE_NAME);
  const file = openAt(task, AT_FDCWD, CORE_NAME, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  if (typeof file === 'number' || 'block' in file) return undefined;
  const { mode, nlink, uid } = file.getattr();
  const sound =
    (mode & S_IFMT) === S_IFREG && nlink === 1 && uid === task.cred.fsuid && (mode & 0o677) === 0o600;
  if (sound) return file;
  file.release();
  return undefined;
}

function writeCore(task: Task, sig: number, file: OpenFile): boolean {
  const { native } = task.kernel;
  if (native.ptraceRegs(task.hostTid, SCRATCH) < 0) return false;
  if (native.ptraceGetSiginfo(task.hostTid, SCRATCH + USER_REGS_SIZE) < 0) return false;
  const staged = (off: number, len: number): Uint8Array => new Uint8Array(native.scratch, off, len).slice();
  const subject = { tg: task.group };
  const smaps = guestText(subject, task, 'smaps');
  const auxv = auxvText(subject);
  const cmdline = cmdlineText(task.group);
  if (typeof smaps !== 'string') return false;
  const areas = dumpAreas(smaps);
  const scene = {
    signo: sig,
    regs: staged(SCRATCH, USER_REGS_SIZE),
    siginfo: staged(SCRATCH + USER_REGS_SIZE, SIGINFO_SIZE),
    auxv: Buffer.from(typeof auxv === 'string' ? auxv : '', 'latin1'),
    cmdline: typeof cmdline === 'string' ? cmdline : '',
  };
  const limit = Math.min(task.group.limit(RLIMIT_CORE), MAX_CORE);
  const writer = new CoreWriter(task, file, limit);
  const head = headers(areas, coreNotes(task, scene, areas));
  // One that ends early, at the limit or on a full disk, is a core file all the same.
  if (writer.put(head)) areas.every((area) => writer.area(area));
  return true;
}

/** ELF header, program headers and notes, up to the first page of memory. */
function headers(areas: readonly Area[], notes: Uint8Array): Uint8Array {
  // e_phnum has 16 bits; a process has fewer mappings (vm.max_map_count is 65530).
  const count = areas.length + 1;
  const notesAt = EHDR_SIZE + count * PHDR_SIZE;
  const size = Math.ceil((notesAt + notes.length) / PAGE) * PAGE;
  const out = new Uint8Array(size);
  const dv = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, ELFCLASS64, ELFDATA2LSB, 1]);
  dv.setUint16(16, ET_CORE, true);
  dv.setUint16(18, EM_X86_64, true);
  dv.setUint32(20, 1, true);
  putI64(dv, 32, EHDR_SIZE);
  dv.setUint16(52, EHDR_SIZE, true);
  dv.setUint16(54, PHDR_SIZE, true);
  dv.setUint16(56, count, true);
  const segment = (i: number, type: number, flags: number, fields: readonly number[]): void => {
    const at = EHDR_SIZE + i * PHDR_SIZE;
    dv.setUint32(at, type, true);
    dv.setUint32(at + 4, flags, true);
    fields.forEach((value, k) => {
      putI64(dv, at + 8 + 8 * k, value);
    });
  };
  segment(0, PT_NOTE, 0, [notesAt, 0, 0, notes.length, 0, 4]);
  let at = size;
  areas.forEach((a, i) => {
    const flags = (a.readable ? PF_R : 0) | (a.writable ? PF_W : 0) | (a.executable ? PF_X : 0);
    segment(i + 1, PT_LOAD, flags, [at, a.start, 0, a.dumped, a.end - a.start, PAGE]);
    at += a.dumped;
  });
  out.set(notes, notesAt);
  return out;
}

class CoreWriter {
  private pos = 0;
  private readonly buf = new Uint8Array(CHUNK);
  constructor(
    private readonly task: Task,
    private readonly file: OpenFile,
    private readonly limit: number,
  ) {}

  /** @returns false when the file must end here */
  put(bytes: Uint8Array): boolean {
    if (this.pos + bytes.length > this.limit) return false;
    const { native } = this.task.kernel;
    const source = new BufferSource(bytes, (fd, src, off, len, pos) => native.pwrite(fd, src, off, len, pos));
    const n = this.file.write(this.task, source, this.pos);
    this.pos += bytes.length;
    return n === bytes.length;
  }

  /** The dumped part of one area; what cannot be read is a hole. */
  area(area: Area): boolean {
    for (let done = 0; done < area.dumped; ) {
      const piece = this.buf.subarray(0, Math.min(CHUNK, area.dumped - done));
      const got = this.task.mem.read(area.start + done, piece, 0, piece.length);
      piece.fill(0, Math.max(0, got));
      if (!this.put(piece)) return false;
      done += piece.length;
    }
    return true;
  }
}
