/**
 * What the command line takes from the kernel's side, for scripts/build.mjs to make a bundle of its own of (dist/sentry.cjs): commands
 * that run nothing start without reading it. Every import() of these modules becomes one of the bundle.
 */
export { syscallTable } from '../../syscalls/table.js';
export { formatProfile } from '../profile/table.js';
export { bootSandbox } from './boot.js';
export { runSandbox } from './run.js';
