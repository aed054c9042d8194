/** /proc/sysvipc, which ipcs(1) reads, and the settings of IPC below /proc/sys/kernel (proc_sys_kernel(5), sysvipc(7)). */

import { EACCES, EINVAL, ERANGE } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../../abi/fcntl.js';
import { HARD_MSGMAX, HARD_MSGSIZEMAX, IPCMNI } from '../../abi/ipc.js';
import { CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN } from '../../abi/sched.js';
import { PAGE_SIZE } from '../../arch/x86-64.js';
import type { Container } from '../../kernel/container.js';
import { capable } from '../../kernel/cred.js';
import type { IpcNamespace } from '../../kernel/ipc/namespace.js';
import { MappedFiles, sweepSegments } from '../../kernel/ipc/shm.js';
import type { IpcObject } from '../../kernel/ipc/util.js';
import { changeSetting, type IpcSettings } from '../../kernel/settings.js';
import { TextLeaf, type Tree } from '../pseudo.js';

const INT_MAX = 2 ** 31 - 1;

const pad = (n: number | string, width: number): string => String(n).padStart(width);

/** The columns that all three tables begin with. */
function head(o: IpcObject): string {
  return `${pad(o.key | 0, 10)} ${pad(o.id, 10)}  ${pad(o.mode.toString(8), 4)}`;
}

function owners(o: IpcObject): string {
  return [o.uid, o.gid, o.cuid, o.cgid].map((id) => pad(id, 5)).join(' ');
}

function semTable({ ipc }: Container): string {
  const rows = ipc.sem
    .all()
    .map((a) => `${head(a)} ${pad(a.count, 10)} ${owners(a)} ${pad(a.otime, 10)} ${pad(a.ctime, 10)}\n`);
  return `       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n${rows.join('')}`;
}

function msgTable({ ipc, pids }: Container): string {
  const rows = ipc.msg.all().map((q) => {
    const counts = `${pad(q.bytes, 10)} ${pad(q.length, 10)} ${pad(q.sender?.in(pids) ?? 0, 5)} ${pad(q.receiver?.in(pids) ?? 0, 5)}`;
    return `${head(q)}  ${counts} ${owners(q)} ${pad(q.stime, 10)} ${pad(q.rtime, 10)} ${pad(q.ctime, 10)}\n`;
  });
  return `       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n${rows.join('')}`;
}

function shmTable({ ipc, pids }: Container): string {
  sweepSegments(ipc);
  const lists = new MappedFiles();
  const rows = ipc.shm.all().map((s) => {
    const users = `${pad(s.creator.in(pids), 5)} ${pad(s.last?.in(pids) ?? 0, 5)}  ${pad(s.attachments(lists), 5)}`;
    const times = [s.atime, s.dtime, s.ctime].map((t) => pad(t, 10)).join(' ');
    const memory = `${pad(s.residentPages * PAGE_SIZE, 21)} ${pad(0, 21)}`;
    return `${head(s)} ${pad(s.size, 21)} ${users} ${owners(s)} ${times} ${memory}\n`;
  });
  return `       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n${rows.join('')}`;
}

/** The files of /proc/sysvipc. */
export function sysvipcTree(container: Container): Tree {
  return {
    msg: () => msgTable(container),
    sem: () => semTable(container),
    shm: () => shmTable(container),
  };
}

/** kernel.sem: four numbers in a line; a line of fewer changes the first ones. */
function semLeaf(settings: IpcSettings): TextLeaf {
  const names = ['semMsl', 'semMns', 'semOpm', 'semMni'] as const;
  return new TextLeaf(0o644, {
    read: () => `${names.map((n) => settings[n]).join('\t')}\n`,
    set(text) {
      const words = text.replace(/\0.*$/s, '').trim().split(/\s+/).slice(0, names.length);
      const values = words.map(Number);
      if (words.some((w) => !/^-?\d{1,20}$/.test(w))) return -EINVAL;
      const arrays = values[3] ?? 0;
      if (arrays < 0 || arrays > IPCMNI) return -ERANGE;
      if (values.some((v) => v < 0 || v > INT_MAX)) return -EINVAL;
      values.forEach((v, i) => {
        settings[names[i] as (typeof names)[number]] = v;
      });
      return 0;
    },
  });
}

function setting(settings: IpcSettings, name: keyof IpcSettings, max: number, min = 0): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${settings[name]}\n`,
    set: (text) => changeSetting(settings, name, text, min, max),
  });
}

/** An unsigned 64-bit number. */
function bigSetting(ipc: IpcNamespace, name: 'shmMax' | 'shmAll'): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${ipc[name]}\n`,
    set(text) {
      const match = /^\s*(\d{1,20})\s*\0?$/.exec(text);
      if (match === null || BigInt(match[1] as string) >= 1n << 64n) return -EINVAL;
      ipc[name] = BigInt(match[1] as string);
      return 0;
    },
  });
}

/** *_next_id: the identifier that the next object gets, for whoever restores processes. */
function nextId(ids: { nextId: number }): TextLeaf {
  return new TextLeaf(0o444, {
    read: () => `${ids.nextId}\n`,
    open(task, flags) {
      if ((flags & O_ACCMODE) === O_RDONLY) return 0;
      const may = capable(task.cred, CAP_CHECKPOINT_RESTORE) || capable(task.cred, CAP_SYS_ADMIN);
      return may ? 0 : -EACCES;
    },
    set(text) {
      const match = /^\s*(\d{1,10})\s*\0?$/.exec(text);
      if (match === null || Number(match[1]) > INT_MAX) return -EINVAL;
      ids.nextId = Number(match[1]);
      return 0;
    },
  });
}

/** What IPC adds to /proc/sys/kernel. */
export function ipcSysctls({ ipc }: Container): Tree {
  const { settings } = ipc;
  return {
    auto_msgmni: '0\n',
    msg_next_id: nextId(ipc.msg),
    msgmax: setting(settings, 'msgMax', INT_MAX),
    msgmnb: setting(settings, 'msgMnb', INT_MAX),
    msgmni: setting(settings, 'msgMni', IPCMNI),
    sem: semLeaf(settings),
    sem_next_id: nextId(ipc.sem),
    shm_next_id: nextId(ipc.shm),
    shm_rmid_forced: '0\n',
    shmall: bigSetting(ipc, 'shmAll'),
    shmmax: bigSetting(ipc, 'shmMax'),
    shmmni: setting(settings, 'shmMni', IPCMNI),
  };
}

/** /proc/sys/fs/mqueue. */
export function mqueueSysctls({ ipc }: Container): Tree {
  const { settings } = ipc;
  return {
    msg_default: setting(settings, 'mqMsgDefault', HARD_MSGMAX, 1),
    msg_max: setting(settings, 'mqMsgMax', HARD_MSGMAX, 1),
    msgsize_default: setting(settings, 'mqMsgsizeDefault', HARD_MSGSIZEMAX, 128),
    msgsize_max: setting(settings, 'mqMsgsizeMax', HARD_MSGSIZEMAX, 128),
    queues_max: setting(settings, 'mqQueuesMax', INT_MAX),
  };
}
