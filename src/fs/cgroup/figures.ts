/** What a container's cgroup says of it: limits as they were set, and what is in use, sentry included. */

import type { Container } from '../../kernel/container.js';
import { addUsage, noUsage, processUsage, type Usage } from '../../kernel/usage.js';

/** Processor time of a container's processes and of those that were waited for. */
export function usedTime(container: Container): Usage {
  const total = noUsage();
  for (const tg of container.processes) {
    addUsage(total, processUsage(tg, true));
    if (tg.childUsage !== undefined) addUsage(total, tg.childUsage);
  }
  return total;
}

/** Bytes of memory: programs' own, and files and other things that the sentry holds. */
export function usedMemory({ memory }: Container): { readonly anonymous: number; readonly held: number } {
  const held = Math.max(0, memory.held);
  return { anonymous: Math.max(0, memory.usage() - memory.held), held };
}

/** Weights of version 2 from shares of version 1, as runtimes convert them. */
export function cpuWeight(shares: number): number {
  const bounded = Math.min(262144, Math.max(2, shares));
  return 1 + Math.floor(((bounded - 2) * 9999) / 262142);
}

/** Numbers of processes that run in the container, or of their threads, a line each. */
export function memberList(container: Container, threads: boolean): string {
  let out = '';
  for (const tg of container.processes) {
    if (tg.zombie) continue;
    if (!threads) out += `${tg.pid}\n`;
    else for (const task of tg.tasks) out += `${task.tid}\n`;
  }
  return out;
}
