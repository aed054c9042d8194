/** The resource limits of the sentry itself, which its first processes start with. */
import { RLIMIT_NLIMITS } from '../abi/sched.js';
import type { Rlimit } from '../kernel/task.js';
import type { Native } from '../platform/native.js';

const INFINITY_TEXT = 'unlimited';

/** The operator's own limits, which the first process inherits: /proc/self/limits in the order of RLIMIT_*. */
export function hostLimits(native: Native): Rlimit[] {
  const ORDER = [
    'Max cpu time',
    'Max file size',
    'Max data size',
    'Max stack size',
    'Max core file size',
    'Max resident set',
    'Max processes',
    'Max open files',
    'Max locked memory',
    'Max address space',
    'Max file locks',
    'Max pending signals',
    'Max msgqueue size',
    'Max nice priority',
    'Max realtime priority',
    'Max realtime timeout',
  ];
  const text = native.hostProc(0, 'limits');
  const number = (s: string | undefined): number =>
    s === undefined || s === INFINITY_TEXT ? Infinity : Number(s);
  const limits: Rlimit[] = [];
  for (let i = 0; i < RLIMIT_NLIMITS; i++) {
    const line =
      typeof text === 'string' ? text.split('\n').find((l) => l.startsWith(ORDER[i] as string)) : undefined;
    const [soft, hard] = line?.slice(26).trim().split(/\s+/) ?? [];
    limits.push({ soft: number(soft), hard: number(hard) });
  }
  return limits;
}
