/** Socket calls that the sentry itself makes inside the sandbox need somebody to be made for. */

import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';

/** A thread of the first process, which exists for as long as the sandbox does. */
export function callerIn(kernel: Kernel): Task {
  for (const task of kernel.init.tasks) return task;
  throw new Error('the sandbox has ended');
}
