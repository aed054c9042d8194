/** The library: what a program that embeds tvisor may import. */

export { type SyscallEntry, syscallTable } from '../syscalls/table.js';
export type { LogSpec, SandboxSpec, VolumeSpec } from './sentry/spec.js';
export { version } from './version.js';
