/** How soon the engine makes machine code of the sentry. */

import { setFlagsFromString } from 'node:v8';

/**
 * V8 looks at a function's heat each time it has run this many bytes of bytecode; by default 66 KiB, made for pages that run
 * many functions a little. The sentry runs few functions all the time: a program's first thousands of calls take half the time.
 */
const INTERRUPT_BUDGET = 10000;

/** Takes effect for functions that first run after it. */
export function compileSoon(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
