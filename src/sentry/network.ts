/** What a sandbox has of the host's network: set up before the lock-down, while namespaces can still be entered. */

import { EACCES, EINVAL, ENOENT, EPERM } from '../abi/errno.js';
import type { Kernel } from '../kernel/kernel.js';
import { HostNetwork, setHostNetwork } from '../net/host/network.js';
import { ALLOW_ALL } from '../net/host/policy.js';
import type { SocketsKept } from '../platform/native.js';
import { SandboxError } from './error.js';
import type { SandboxSpec } from './spec.js';

const REASONS = new Map([
  [-ENOENT, 'no such file'],
  [-EINVAL, 'not a network namespace'],
  [-EPERM, 'entering it needs CAP_SYS_ADMIN'],
  [-EACCES, 'permission denied'],
]);

/**
 * Opens what the network mode needs. @param descriptors how many the sentry may have
 * @returns what the lock-down must leave. Throws SandboxError with one clear line
 */
export function openNetwork(kernel: Kernel, spec: SandboxSpec, descriptors: number): SocketsKept {
  if (spec.networkNamespace !== undefined) enter(kernel, spec.networkNamespace);
  if (spec.network === 'none') return 'none';
  setHostNetwork(kernel, new HostNetwork(kernel, ALLOW_ALL, descriptors));
  return 'all';
}

function enter(kernel: Kernel, path: string): void {
  const r = kernel.native.enterNetwork(path);
  if (r < 0) throw new SandboxError(`--network-namespace: ${path}: ${REASONS.get(r) ?? `errno ${-r}`}`, 128);
}
