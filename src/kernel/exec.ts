/**
 * execve(2) and execveat(2), as in fs/exec.c: what the sentry decides before the host tears the old program down, and what
 * changes for the process afterwards. The mapping itself is the loader's (addon/guest/loader.c).
 */

import {
  AT_BASE,
  AT_EGID,
  AT_ENTRY,
  AT_EUID,
  AT_GID,
  AT_PHDR,
  AT_PHNUM,
  AT_SECURE,
  AT_UID,
  ET_DYN,
} from '../abi/elf.js';
import { EACCES, EINVAL, ELIBBAD, ELOOP, ENOENT, ENOEXEC } from '../abi/errno.js';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, O_RDONLY } from '../abi/fcntl.js';
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_EXEC, PROT_READ } from '../abi/mman.js';
import { ADDR_NO_RANDOMIZE } from '../abi/personality.js';
import { MS_NOEXEC, MS_NOSUID, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.js';
import { LANE_SITES_GAP } from '../arch/lane-layout.js';
import type { LoadOp, LoadPlan } from '../arch/load-plan.js';
import { PAGE_SIZE } from '../arch/x86-64.js';
import { noteMapping } from '../fs/proc/maps.js';
import { inodeOf, type Path } from '../vfs/dentry.js';
import { OpenFile } from '../vfs/file.js';
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, resolveAt } from '../vfs/namei.js';
import { MAY_READ, mayAccess } from '../vfs/permission.js';
import { denyIfWritten, noteProgram } from '../vfs/text-busy.js';
import { exitAio } from './aio.js';
import type { Cred } from './cred.js';
import { credForExec } from './cred-change.js';
import { type ElfImage, mapElf, parseElf, type ReadAt } from './exec-elf.js';
import { leaveSpace } from './ipc/shm.js';
import { dropRings } from './keys/rings.js';
import { AddressSpace } from './mm.js';
import { personalityForExec } from './personality.js';
import { commitFilter, dropChange, type FilterChange, laneAllowed } from './seccomp/install.js';
import { signalsForExec } from './signals.js';
import { TASK_COMM_MAX, type Task } from './task.js';
import { BufferSink } from './useriov.js';

/** The line after #! that is looked at (BINPRM_BUF_SIZE). */
const HEAD_SIZE = 256;
const MAX_INTERPRETERS = 5;
/** Numbers of program and interpreter in the guest's host descriptor table while it is being loaded. */
const FD_PROGRAM = 3;
const FD_INTERPRETER = 4;

/** A program that is ready to be loaded. */
export interface ExecImage {
  path: Path;
  comm: string;
  cred: Cred;
  /** Identity or capabilities change: AT_SECURE. */
  secure: boolean;
  /** The caller may read the program: otherwise nobody shall get it out of the process's memory (would_dump). */
  readable: boolean;
  plan: LoadPlan;
  /** A page for the fast lane's jumps, near the program. */
  laneSites?: number;
  /** Host descriptors that the loader needs, with the numbers it finds them at. */
  files: { file: OpenFile; hostFd: number; fd: number }[];
  /** Filters that the program is to run under, beside those of its task. */
  filters?: FilterChange | undefined;
}

interface Program {
  path: Path;
  file: OpenFile;
  head: Uint8Array;
  readAt: ReadAt;
}

/**
 * Finds and checks a program.
 * @param name path as the guest gave it
 * @param flags AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW
 * @returns the image or -errno. Whoever gets it must call `commitExec` or `releaseImage`.
 */
export function prepareExec(task: Task, dirfd: number, name: string, flags: number): ExecImage | number {
  if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) !== 0) return -EINVAL;
  const words: string[] = [];
  let shown = name;
  if (name === '' || (dirfd !== AT_FDCWD && !name.startsWith('/')))
    shown = `/dev/fd/${dirfd}${name === '' ? '' : `/${name}`}`;
  let program = openProgram(task, dirfd, name, flags);
  if (typeof program === 'number') return program;
  const execfn = shown;
  const comm = name === '' ? program.path.dentry.name : name.slice(name.lastIndexOf('/') + 1);
  for (let depth = 0; isScript(program.head); depth++) {
    const line = parseScript(program.head);
    drop(program);
    if (line === undefined) return -ENOEXEC;
    if (depth >= MAX_INTERPRETERS) return -ELOOP;
    // The outer script's name becomes the argument of the inner interpreter.
    words.splice(0, words.length > 0 ? 1 : 0, ...line, shown);
    shown = line[0] as string;
    program = openProgram(task, AT_FDCWD, shown, 0);
    if (typeof program === 'number') return program;
  }
  return buildImage(task, program, words, execfn, comm.slice(0, TASK_COMM_MAX));
}

function isScript(head: Uint8Array): boolean {
  return head[0] === 0x23 && head[1] === 0x21;
}

/** `#!interpreter [argument]`: one argument at most, blanks trimmed (fs/binfmt_script.c). */
function parseScript(head: Uint8Array): string[] | undefined {
  const text = Buffer.from(head).toString('latin1');
  const end = text.search(/[\n\0]/);
  // A line that does not end in what was read is still good if the interpreter's name does.
  const line = (end < 0 ? text : text.slice(0, end)).slice(2);
  const match = /^[ \t]*([^ \t]+)([ \t]+)?(.*?)[ \t]*$/.exec(line);
  if (match?.[1] === undefined) return undefined;
  if (end < 0 && match[2] === undefined && head.length >= HEAD_SIZE) return undefined;
  return match[3] === undefined || match[3] === '' ? [match[1]] : [match[1], match[3]];
}

function openProgram(task: Task, dirfd: number, name: string, flags: number): Program | number {
  if (name === '' && (flags & AT_EMPTY_PATH) === 0) return -ENOENT;
  const follow = (flags & AT_SYMLINK_NOFOLLOW) === 0 ? LOOKUP_FOLLOW : 0;
  const path = resolveAt(task, dirfd, name, follow | ((flags & AT_EMPTY_PATH) !== 0 ? LOOKUP_EMPTY : 0));
  if (typeof path === 'number') return path;
  const inode = inodeOf(path);
  if ((inode.mode & S_IFMT) === S_IFLNK) return -ELOOP;
  if ((inode.mode & S_IFMT) !== S_IFREG || (path.mount.flags & MS_NOEXEC) !== 0) return -EACCES;
  const denied = mayAccess(task.cred, inode, 1);
  if (denied < 0) return denied;
  const written = denyIfWritten(inode);
  if (written < 0) return written;
  const file = inode.open(task, path, O_RDONLY);
  if (typeof file === 'number') return file;
  if (!(file instanceof OpenFile)) return -EACCES;
  file.refs++;
  const readAt: ReadAt = (pos, len) => readFile(task, file, pos, len);
  const head = readAt(0, HEAD_SIZE);
  if (typeof head === 'number') {
    release(file);
    return head;
  }
  return { path, file, head, readAt };
}

function readFile(task: Task, file: OpenFile, pos: number, len: number): Uint8Array | number {
  const { native } = task.kernel;
  const buf = new Uint8Array(len);
  let have = 0;
  while (have < len) {
    const sink = new BufferSink(buf.subarray(have), (fd, dst, off, n, at) =>
      native.pread(fd, dst, off, n, at),
    );
    const r = file.read(task, sink, pos + have);
    if (typeof r !== 'number') return -EACCES;
    if (r < 0) return r;
    if (r === 0) break;
    have += r;
  }
  return buf.subarray(0, have);
}

function release(file: OpenFile): void {
  if (--file.refs === 0) file.release();
}

function drop(program: Program): void {
  release(program.file);
}

function buildImage(
  task: Task,
  program: Program,
  words: string[],
  execfn: string,
  comm: string,
): ExecImage | number {
  const image: ExecImage = {
    path: program.path,
    comm,
    cred: task.cred,
    secure: false,
    readable: mayAccess(task.cred, inodeOf(program.path), MAY_READ) === 0,
    plan: { ops: [], aux: [], words, entry: 0, execfn },
    files: [],
  };
  const err = planProgram(task, program, image);
  if (err < 0) {
    drop(program);
    releaseImage(image, program.file);
    return err;
  }
  return image;
}

function planProgram(task: Task, program: Program, image: ExecImage): number {
  const elf = parseElf(program.head, program.readAt);
  if (typeof elf === 'number') return elf;
  const bias = elf.type === ET_DYN ? programBase(task, elf) : 0;
  const err = addFile(task, image, program, FD_PROGRAM);
  if (err < 0) return err;
  const { plan } = image;
  plan.ops.push(...mapElf(elf, bias, FD_PROGRAM));
  if (task.kernel.lanes !== undefined) planLaneSites(image, elf.low + bias);
  plan.entry = elf.entry + bias;
  let base = 0;
  if (elf.interpreter !== undefined) {
    const loaded = planInterpreter(task, image, elf.interpreter);
    if (typeof loaded === 'number') return loaded;
    plan.ops.push(...loaded.ops);
    plan.entry = loaded.entry;
    base = loaded.base;
  }
  const attr = program.file.getattr();
  // Set-ID bits of somebody who does not exist inside mean nothing.
  const foreign = attr.foreignUid === true || attr.foreignGid === true;
  const nosuid = foreign || (program.path.mount.flags & MS_NOSUID) !== 0;
  const { cred, secure } = credForExec(task.cred, attr.mode, attr.uid, attr.gid, task.noNewPrivs, nosuid);
  image.cred = cred;
  image.secure = secure;
  plan.aux.push(
    [AT_PHDR, elf.phdrAddr === 0 ? 0 : elf.phdrAddr + bias],
    [AT_PHNUM, elf.phnum],
    [AT_BASE, base],
    [AT_ENTRY, elf.entry + bias],
    [AT_UID, cred.uid],
    [AT_EUID, cred.euid],
    [AT_GID, cred.gid],
    [AT_EGID, cred.egid],
    [AT_SECURE, secure ? 1 : 0],
  );
  return 0;
}

/** Room for jumps of the program's own call sites (src/platform/lane): near enough to it, which the loader need not be. */
function planLaneSites(image: ExecImage, low: number): void {
  const addr = Math.floor(low / PAGE_SIZE) * PAGE_SIZE - LANE_SITES_GAP;
  if (addr < LANE_SITES_GAP) return;
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  image.plan.ops.push({
    kind: 'mmap',
    addr,
    len: PAGE_SIZE,
    prot: PROT_READ | PROT_EXEC,
    flags,
    fd: -1,
    off: 0,
  });
  image.laneSites = addr;
}

function planInterpreter(
  task: Task,
  image: ExecImage,
  name: string,
): { ops: LoadOp[]; entry: number; base: number } | number {
  const program = openProgram(task, AT_FDCWD, name, 0);
  if (typeof program === 'number') return program;
  const elf = parseElf(program.head, program.readAt);
  const err = typeof elf === 'number' ? -ELIBBAD : addFile(task, image, program, FD_INTERPRETER);
  if (typeof elf === 'number' || err < 0) {
    drop(program);
    return err;
  }
  const bias = elf.type === ET_DYN ? randomBase(task, 0x7e8000000000, 26) - elf.low : 0;
  return { ops: mapElf(elf, bias, FD_INTERPRETER), entry: elf.entry + bias, base: elf.low + bias };
}

function addFile(task: Task, image: ExecImage, program: Program, fd: number): number {
  const source = program.file.map(false);
  if (typeof source === 'number') return source;
  image.files.push({ file: program.file, hostFd: source.hostFd, fd });
  noteMapping(task.kernel, source.hostFd, program.path);
  return 0;
}

/**
 * Below the heap, which the host kernel puts at two thirds of the address space for a program like the loader
 * (ELF_ET_DYN_BASE, 0x555555554000, and up to 32 MiB more).
 */
function programBase(task: Task, elf: ElfImage): number {
  const base = randomBase(task, 0x550000000000, 26);
  return Math.ceil(base / elf.align) * elf.align - Math.floor(elf.low / elf.align) * elf.align;
}

/** A page address in `bits` bits of pages above `low`. */
function randomBase(task: Task, low: number, bits: number): number {
  if ((task.personality & ADDR_NO_RANDOMIZE) !== 0) return low;
  const bytes = new Uint8Array(4);
  task.kernel.native.getrandom(bytes, 0, 4);
  const r = new DataView(bytes.buffer).getUint32(0) % 2 ** bits;
  return low + r * 4096;
}

/** The host refused the execve, or the process died: closes what the image holds. */
export function releaseImage(image: ExecImage, except?: OpenFile): void {
  for (const f of image.files) if (f.file !== except) release(f.file);
  image.files.length = 0;
  if (image.filters !== undefined) dropChange(image.filters);
  image.filters = undefined;
}

/** The old program is gone: everything that execve(2) changes in a process. `image.files` stay for the loader. */
export function commitExec(task: Task, image: ExecImage): void {
  const tg = task.group;
  if (task.files.users > 1) {
    const own = task.files.copy();
    task.files.put();
    task.files = own;
  }
  task.files.closeOnExec();
  if (image.secure) tg.parentDeathSignal = 0;
  task.cred = image.cred;
  task.keepCaps = false;
  dropRings(task, true);
  exitAio(tg);
  leaveSpace(task);
  task.vm = new AddressSpace();
  task.vm.tasks.add(task);
  if (image.filters !== undefined) commitFilter(task, image.filters, task.hostFilter);
  image.filters = undefined;
  task.vm.laneForbidden = !laneAllowed(task.seccomp);
  task.sighand = {};
  task.personality = personalityForExec(task.personality, image.secure);
  task.comm = image.comm;
  tg.exe = image.path;
  noteProgram(inodeOf(image.path));
  tg.cmdlinePrefix = image.plan.words;
  tg.auxv = image.plan.aux;
  tg.didExec = true;
  tg.dumpable = image.secure || !image.readable ? 0 : 1;
  signalsForExec(tg);
}
