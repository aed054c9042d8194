/** What the processes of a container are, and what they use: `ps` and `events` of the runtime. */
import type { ContainerStats, ProcessInfo } from '../control/protocol.js';
import { usedTime } from '../fs/cgroup/figures.js';
import { cmdlineText } from '../fs/proc/status.js';
import type { Container } from '../kernel/container.js';
import { credOf } from '../kernel/signals.js';
import type { ThreadGroup } from '../kernel/task.js';
import { processUsage } from '../kernel/usage.js';

function ttyName(tg: ThreadGroup): string {
  const tty = tg.session.tty;
  return tty === undefined ? '?' : `pts/${tty.rdev & 0xff}`;
}

function commandOf(tg: ThreadGroup): string {
  const text = cmdlineText(tg);
  const words = typeof text === 'string' ? text.split('\0').join(' ').trim() : '';
  return Buffer.from(words === '' ? `[${tg.leader?.comm ?? ''}]` : words, 'latin1').toString('utf8');
}

/** The processes that run, by number. */
export function listProcesses(container: Container): ProcessInfo[] {
  const { kernel } = container;
  const out: ProcessInfo[] = [];
  for (const tg of container.processes) {
    if (tg.zombie) continue;
    const usage = processUsage(tg, true);
    out.push({
      uid: credOf(tg)?.uid ?? 0,
      pid: tg.pid,
      hostPid: tg.hostPid,
      ppid: tg.parent?.container.pids === container.pids ? tg.parent.pid : 0,
      pgid: tg.group.pgid,
      sid: tg.session.sid,
      threads: tg.tasks.size,
      tty: ttyName(tg),
      started: Math.round(Date.now() - (kernel.now() - tg.startTime)),
      cpu: Math.round((usage.utime + usage.stime) / 1000),
      command: commandOf(tg),
    });
  }
  return out.sort((a, b) => a.pid - b.pid);
}

/** What a container has used: the processes that there are, and those that were waited for. */
export function usedBy(
  container: Container,
): Pick<ContainerStats, 'cpu' | 'resident' | 'files' | 'oomKills'> {
  const { utime, stime } = usedTime(container);
  let resident = 0;
  for (const tg of container.processes) {
    const text = container.kernel.native.hostProc(tg.hostPid, 'statm');
    if (typeof text === 'string') resident += Number(text.split(' ')[1] ?? 0) * 4096;
  }
  const { held, oomKills } = container.memory;
  return { cpu: (utime + stime) * 1000, resident, files: held, oomKills };
}
