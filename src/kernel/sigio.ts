/** SIGIO and what F_SETSIG puts in its place: signals that a file sends to its owner (fs/fcntl.c, send_sigio). */

import { F_OWNER_PGRP, F_OWNER_TID } from '../abi/fcntl.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from '../abi/poll.js';
import { POLL_IN, POLL_MSG, POLL_OUT, SI_KERNEL, SIGIO, SIGURG } from '../abi/signal.js';
import type { OpenFile } from '../vfs/file.js';
import { findProcess, findTask } from './ids.js';
import { type SigInfo, sendToGroup, sendToProcess, sendToTask } from './signals.js';

const POLLMSG = 0x400;
/** si_band of the codes. */
const BANDS = new Map([
  [POLL_IN, POLLIN | POLLRDNORM],
  [POLL_OUT, POLLOUT | POLLWRNORM],
  [POLL_MSG, POLLIN | POLLRDNORM | POLLMSG],
]);

/** The code that tells of `events` (POLL*). */
export function pollCode(events: number): number {
  return (events & (POLLIN | POLLPRI | POLLERR | POLLHUP)) !== 0 ? POLL_IN : POLL_OUT;
}

/**
 * Signals the owner of `file`, if it has one.
 * @param code POLL_IN, POLL_OUT or POLL_MSG
 * @param fd the descriptor that was used to ask for signals: si_fd
 */
export function signalOwner(file: OpenFile, code: number, fd: number): void {
  const plain = file.ownerSignal === 0;
  sendToOwner(
    file,
    plain
      ? { signo: SIGIO, code: SI_KERNEL }
      : { signo: file.ownerSignal, code, pid: BANDS.get(code) ?? 0, uid: 0, value: fd },
  );
}

/** SIGURG to the owner of a socket with an urgent byte, whether or not it wants SIGIO (send_sigurg). */
export function signalUrgent(file: OpenFile): void {
  sendToOwner(file, { signo: SIGURG, code: SI_KERNEL });
}

function sendToOwner(file: OpenFile, info: SigInfo): void {
  const { ownerPids: pids } = file;
  if (file.owner === 0 || pids === undefined) return;
  if (file.ownerKind === F_OWNER_PGRP) {
    const group = pids.groups.get(file.owner);
    if (group !== undefined) sendToGroup(group, info);
  } else if (file.ownerKind === F_OWNER_TID) {
    const task = findTask(pids, file.owner);
    if (task !== undefined) sendToTask(task, info);
  } else {
    const process = findProcess(pids, file.owner);
    if (process !== undefined && !process.zombie) sendToProcess(process, info);
  }
}
