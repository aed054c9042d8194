/** The notes of a core file: what a debugger learns of the process besides its memory. */

import {
  NT_AUXV,
  NT_FILE,
  NT_PRPSINFO,
  NT_PRSTATUS,
  NT_SIGINFO,
  PRPSINFO_ARGS,
  PRPSINFO_SIZE,
  PRSTATUS_REGS,
  PRSTATUS_SIZE,
} from '../../abi/coredump.js';
import { putI64, putText } from '../../abi/structs-process.js';
import type { Task } from '../task.js';
import type { Area } from './areas.js';

const NAME = 'CORE';
const PAGE = 4096;

/** What was found at the stop. */
export interface DeathScene {
  signo: number;
  /** struct user_regs_struct and siginfo_t. */
  regs: Uint8Array;
  siginfo: Uint8Array;
  auxv: Uint8Array;
  /** Words of the command line, each ended by NUL. */
  cmdline: string;
}

function align4(n: number): number {
  return (n + 3) & ~3;
}

function note(type: number, body: Uint8Array): Uint8Array {
  const name = align4(NAME.length + 1);
  const out = new Uint8Array(12 + name + align4(body.length));
  const dv = new DataView(out.buffer);
  dv.setUint32(0, NAME.length + 1, true);
  dv.setUint32(4, body.length, true);
  dv.setUint32(8, type, true);
  out.set(Buffer.from(NAME, 'latin1'), 12);
  out.set(body, 12 + name);
  return out;
}

function ids(task: Task): number[] {
  const tg = task.group;
  return [tg.pid, tg.parent?.pid ?? 0, tg.group.pgid, tg.session.sid];
}

function prstatus(task: Task, scene: DeathScene): Uint8Array {
  const out = new Uint8Array(PRSTATUS_SIZE);
  const dv = new DataView(out.buffer);
  dv.setInt32(0, scene.signo, true);
  dv.setInt16(12, scene.signo, true);
  [task.tid, ...ids(task).slice(1)].forEach((id, i) => {
    dv.setInt32(32 + 4 * i, id, true);
  });
  out.set(scene.regs, PRSTATUS_REGS);
  return out;
}

function prpsinfo(task: Task, scene: DeathScene): Uint8Array {
  const out = new Uint8Array(PRPSINFO_SIZE);
  const dv = new DataView(out.buffer);
  out[1] = 'R'.charCodeAt(0);
  dv.setUint32(16, task.cred.uid, true);
  dv.setUint32(20, task.cred.gid, true);
  ids(task).forEach((id, i) => {
    dv.setInt32(24 + 4 * i, id, true);
  });
  putText(dv, 40, 16, task.comm);
  putText(
    dv,
    56,
    PRPSINFO_ARGS,
    scene.cmdline
      .replace(/\0$/, '')
      .replaceAll('\0', ' ')
      .slice(0, PRPSINFO_ARGS - 1),
  );
  return out;
}

/** Which files are mapped where. */
function files(areas: readonly Area[]): Uint8Array {
  const mapped = areas.filter((a) => a.file !== '');
  const names = Buffer.from(mapped.map((a) => `${a.file}\0`).join(''), 'latin1');
  const out = new Uint8Array(16 + mapped.length * 24 + names.length);
  const dv = new DataView(out.buffer);
  putI64(dv, 0, mapped.length);
  putI64(dv, 8, PAGE);
  mapped.forEach((a, i) => {
    putI64(dv, 16 + i * 24, a.start);
    putI64(dv, 24 + i * 24, a.end);
    putI64(dv, 32 + i * 24, a.offset / PAGE);
  });
  out.set(names, 16 + mapped.length * 24);
  return out;
}

/** All notes of a process that dies by `scene`. */
export function coreNotes(task: Task, scene: DeathScene, areas: readonly Area[]): Uint8Array {
  return Buffer.concat([
    note(NT_PRSTATUS, prstatus(task, scene)),
    note(NT_PRPSINFO, prpsinfo(task, scene)),
    note(NT_SIGINFO, scene.siginfo),
    note(NT_AUXV, scene.auxv),
    note(NT_FILE, files(areas)),
  ]);
}
