/** How credentials change: the set*id calls (kernel/sys.c), their effect on capabilities, and execve(2) (security/commoncap.c). */

import { EPERM } from '../abi/errno.js';
import {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_LINUX_IMMUTABLE,
  CAP_MAC_OVERRIDE,
  CAP_MKNOD,
  CAP_SETGID,
  CAP_SETUID,
} from '../abi/sched.js';
import { CAP_FULL_SET, type Cred, capable } from './cred.js';
import type { Task } from './task.js';

/** Bits of securebits(7). */
export const SECBIT_NOROOT = 1;
export const SECBIT_NO_SETUID_FIXUP = 4;
export const SECBIT_KEEP_CAPS = 16;
export const SECBIT_NO_CAP_AMBIENT_RAISE = 64;
/** Every even bit is a switch, the odd one above it its lock. */
export const SECUREBITS_ALL = 0xff;
export const SECUREBITS_LOCKS = 0xaa;

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/** What goes with fsuid 0 (CAP_FS_SET). */
const CAP_FS_SET = [
  CAP_CHOWN,
  CAP_MKNOD,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_LINUX_IMMUTABLE,
  CAP_MAC_OVERRIDE,
].reduce((set, cap) => set | (1n << BigInt(cap)), 0n);

/** -1 (as unsigned) keeps an id. */
export const KEEP = 0xffffffff;

/** Puts new credentials in force; a change of identity makes the process undumpable and clears PR_SET_PDEATHSIG (commit_creds). */
export function commitCred(task: Task, next: Cred): void {
  const old = task.cred;
  const grew = (next.capPermitted & ~old.capPermitted) !== 0n;
  const changed =
    old.euid !== next.euid || old.egid !== next.egid || old.fsuid !== next.fsuid || old.fsgid !== next.fsgid;
  if (changed || grew) {
    task.group.dumpable = 0;
    task.group.parentDeathSignal = 0;
  }
  task.cred = next;
}

/** Root's capabilities come and go with uid 0 (cap_emulate_setxuid). */
function fixupUids(old: Cred, next: Cred): Cred {
  if ((old.securebits & SECBIT_NO_SETUID_FIXUP) !== 0) return next;
  let { capPermitted, capEffective, capAmbient } = next;
  const wasRoot = old.uid === 0 || old.euid === 0 || old.suid === 0;
  const isRoot = next.uid === 0 || next.euid === 0 || next.suid === 0;
  if (wasRoot && !isRoot) {
    if ((old.securebits & SECBIT_KEEP_CAPS) === 0) {
      capPermitted = 0n;
      capEffective = 0n;
    }
    capAmbient = 0n;
  }
  if (old.euid === 0 && next.euid !== 0) capEffective = 0n;
  if (old.euid !== 0 && next.euid === 0) capEffective = capPermitted;
  return { ...next, capPermitted, capEffective, capAmbient };
}

/** setuid(2). @returns new credentials or -EPERM */
export function setuid(cred: Cred, uid: number): Cred | number {
  if (capable(cred, CAP_SETUID)) return fixupUids(cred, { ...cred, uid, euid: uid, suid: uid, fsuid: uid });
  if (uid !== cred.uid && uid !== cred.suid) return -EPERM;
  return fixupUids(cred, { ...cred, euid: uid, fsuid: uid });
}

/** setgid(2). */
export function setgid(cred: Cred, gid: number): Cred | number {
  if (capable(cred, CAP_SETGID)) return { ...cred, gid, egid: gid, sgid: gid, fsgid: gid };
  if (gid !== cred.gid && gid !== cred.sgid) return -EPERM;
  return { ...cred, egid: gid, fsgid: gid };
}

/** setreuid(2); KEEP leaves an id alone. */
export function setreuid(cred: Cred, ruid: number, euid: number): Cred | number {
  const may = capable(cred, CAP_SETUID);
  if (ruid !== KEEP && !may && ruid !== cred.uid && ruid !== cred.euid) return -EPERM;
  if (euid !== KEEP && !may && euid !== cred.uid && euid !== cred.euid && euid !== cred.suid) return -EPERM;
  const uid = ruid === KEEP ? cred.uid : ruid;
  const e = euid === KEEP ? cred.euid : euid;
  const suid = ruid !== KEEP || (euid !== KEEP && euid !== cred.uid) ? e : cred.suid;
  return fixupUids(cred, { ...cred, uid, euid: e, suid, fsuid: e });
}

/** setregid(2). */
export function setregid(cred: Cred, rgid: number, egid: number): Cred | number {
  const may = capable(cred, CAP_SETGID);
  if (rgid !== KEEP && !may && rgid !== cred.gid && rgid !== cred.egid) return -EPERM;
  if (egid !== KEEP && !may && egid !== cred.gid && egid !== cred.egid && egid !== cred.sgid) return -EPERM;
  const gid = rgid === KEEP ? cred.gid : rgid;
  const e = egid === KEEP ? cred.egid : egid;
  const sgid = rgid !== KEEP || (egid !== KEEP && egid !== cred.gid) ? e : cred.sgid;
  return { ...cred, gid, egid: e, sgid, fsgid: e };
}

/** setresuid(2). */
export function setresuid(cred: Cred, ruid: number, euid: number, suid: number): Cred | number {
  const known = (id: number): boolean =>
    id === KEEP || id === cred.uid || id === cred.euid || id === cred.suid;
  if (!capable(cred, CAP_SETUID) && !(known(ruid) && known(euid) && known(suid))) return -EPERM;
  const e = euid === KEEP ? cred.euid : euid;
  return fixupUids(cred, {
    ...cred,
    uid: ruid === KEEP ? cred.uid : ruid,
    euid: e,
    suid: suid === KEEP ? cred.suid : suid,
    fsuid: e,
  });
}

/** setresgid(2). */
export function setresgid(cred: Cred, rgid: number, egid: number, sgid: number): Cred | number {
  const known = (id: number): boolean =>
    id === KEEP || id === cred.gid || id === cred.egid || id === cred.sgid;
  if (!capable(cred, CAP_SETGID) && !(known(rgid) && known(egid) && known(sgid))) return -EPERM;
  const e = egid === KEEP ? cred.egid : egid;
  return {
    ...cred,
    gid: rgid === KEEP ? cred.gid : rgid,
    egid: e,
    sgid: sgid === KEEP ? cred.sgid : sgid,
    fsgid: e,
  };
}

/** setfsuid(2): unchanged credentials when not allowed. */
export function setfsuid(cred: Cred, fsuid: number): Cred {
  const known = [cred.uid, cred.euid, cred.suid, cred.fsuid].includes(fsuid);
  if (fsuid === KEEP || (!known && !capable(cred, CAP_SETUID))) return cred;
  let { capEffective } = cred;
  if ((cred.securebits & SECBIT_NO_SETUID_FIXUP) === 0) {
    if (cred.fsuid === 0 && fsuid !== 0) capEffective &= ~CAP_FS_SET;
    if (cred.fsuid !== 0 && fsuid === 0) capEffective |= cred.capPermitted & CAP_FS_SET;
  }
  return { ...cred, fsuid, capEffective };
}

/** setfsgid(2). */
export function setfsgid(cred: Cred, fsgid: number): Cred {
  const known = [cred.gid, cred.egid, cred.sgid, cred.fsgid].includes(fsgid);
  return fsgid === KEEP || (!known && !capable(cred, CAP_SETGID)) ? cred : { ...cred, fsgid };
}

/**
 * Credentials after execve(2) of a file, as capabilities(7) "Transformation of capabilities during execve()". Files have no
 * capabilities of their own here (security.capability is not read).
 * @param fileMode st_mode of the program (of the interpreter for a script)
 * @param noNewPrivs PR_SET_NO_NEW_PRIVS of the caller
 * @param nosuid the file is on a MS_NOSUID mount
 * @returns `secure` for AT_SECURE
 */
export function credForExec(
  cred: Cred,
  fileMode: number,
  fileUid: number,
  fileGid: number,
  noNewPrivs: boolean,
  nosuid: boolean,
): { cred: Cred; secure: boolean } {
  let { euid, egid } = cred;
  if (!noNewPrivs && !nosuid) {
    if ((fileMode & S_ISUID) !== 0) euid = fileUid;
    if ((fileMode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)) egid = fileGid;
  }
  const idChanged = euid !== cred.uid || egid !== cred.gid;
  const ambient = euid !== cred.euid || egid !== cred.egid ? 0n : cred.capAmbient;
  const rootRules = (cred.securebits & SECBIT_NOROOT) === 0;
  let permitted = ambient;
  let effective = ambient;
  if (rootRules && (cred.uid === 0 || euid === 0)) {
    permitted |= (cred.capInheritable & CAP_FULL_SET) | cred.capBounding;
    if (euid === 0) effective = permitted;
  }
  const next: Cred = {
    ...cred,
    euid,
    egid,
    suid: euid,
    sgid: egid,
    fsuid: euid,
    fsgid: egid,
    capPermitted: permitted,
    capEffective: effective,
    capAmbient: ambient,
    securebits: cred.securebits & ~SECBIT_KEEP_CAPS,
  };
  const gained = (permitted & ~ambient) !== 0n && cred.uid !== 0;
  return { cred: next, secure: idChanged || gained };
}
