/** What the tasks of a sandbox are doing, for `debug --stacks`. */
import { syscallName } from '../../syscalls/table.js';
import type { Kernel } from '../kernel/kernel.js';

/** @returns one line a task: container, process, thread, name, and the call that it waits in */
export function describeTasks(kernel: Kernel): string {
  const lines = ['CONTAINER PID TID COMM STATE'];
  for (const task of kernel.tasks.values()) {
    const state = task.stopped
      ? 'stopped'
      : task.block === undefined
        ? 'running'
        : `in ${syscallName(task.currentNr)}`;
    lines.push(`${task.container.id} ${task.pid} ${task.tid} ${task.comm} ${state}`);
  }
  return `${lines.join('\n')}\n`;
}
