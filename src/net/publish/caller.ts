/** Socket calls that the sentry itself makes inside the sandbox need somebody to be made for. */

import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';

const lastOf = new WeakMap<Kernel, Task>();

/** A thread of the first process of a container, which there is for as long as the sandbox; after its end the one that was named last. */
export function callerIn(kernel: Kernel): Task {
  for (const { init } of kernel.containers.values()) {
    for (const task of init?.tasks ?? []) {
      lastOf.set(kernel, task);
      return task;
    }
  }
  const last = lastOf.get(kernel);
  if (last === undefined) throw new Error('the sandbox has ended, and never made a call');
  return last;
}
