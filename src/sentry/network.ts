/** What a sandbox has of the host's network: set up before the lock-down, while namespaces can still be entered. */

import { EACCES, EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENOENT, EPERM } from '../abi/errno.js';
import type { Kernel } from '../kernel/kernel.js';
import { HostNetwork, hostNetwork, setHostNetwork } from '../net/host/network.js';
import { ALLOW_ALL } from '../net/host/policy.js';
import { showHostTables } from '../net/host/tables.js';
import { HostUds, setHostUds } from '../net/host/uds.js';
import { publish } from '../net/publish/publish.js';
import { Turns } from '../net/publish/turns.js';
import type { SocketsKept } from '../platform/native.js';
import { SandboxError } from './error.js';
import type { SandboxSpec } from './spec.js';

/** What of a sandbox concerns its network. */
export type NetworkPart = Pick<
  SandboxSpec,
  'network' | 'networkNamespace' | 'filter' | 'publish' | 'hostUds'
>;

const PUBLISH_REASONS = new Map([
  [-EADDRINUSE, 'the port is taken'],
  [-EADDRNOTAVAIL, 'the address is not one of this host'],
  [-EACCES, 'a port below 1024 needs CAP_NET_BIND_SERVICE'],
]);
const REASONS = new Map([
  [-ENOENT, 'no such file'],
  [-EINVAL, 'not a network namespace'],
  [-EPERM, 'entering it needs CAP_SYS_ADMIN'],
  [-EACCES, 'permission denied'],
]);

/**
 * Goes where the host's network is, and makes it the guests' in that mode: before there is a world, which shows its interfaces.
 * @param descriptors how many the sentry may have. Throws SandboxError with one clear line
 */
export function enterNetwork(kernel: Kernel, spec: NetworkPart, descriptors: number): void {
  if (spec.networkNamespace !== undefined) enter(kernel, spec.networkNamespace);
  if (spec.network !== 'host') return;
  const network = new HostNetwork(kernel, ALLOW_ALL, descriptors);
  const r = network.openQuestions();
  if (r < 0) throw new SandboxError(`--network: the host refuses sockets (errno ${-r})`, 128);
  setHostNetwork(kernel, network);
  showHostTables(network);
}

/**
 * Opens what else the network mode needs. @param descriptors as for `enterNetwork`
 * @returns what the lock-down must leave. Throws SandboxError with one clear line
 */
export async function openNetwork(
  kernel: Kernel,
  spec: NetworkPart,
  descriptors: number,
): Promise<SocketsKept> {
  const outside = spec.network !== 'none' || spec.publish.length > 0;
  if (!outside && spec.hostUds === 'none') return 'none';
  const network = hostNetwork(kernel) ?? new HostNetwork(kernel, ALLOW_ALL, descriptors);
  if (spec.hostUds !== 'none') setHostUds(kernel, new HostUds(network, spec.hostUds));
  if (!outside) return 'none';
  if (spec.filter !== undefined) (await import('./filtered.js')).openFiltered(kernel, network, spec.filter);
  publishAll(network, spec);
  return spec.network === 'none' ? 'published' : 'all';
}

function publishAll(network: HostNetwork, spec: NetworkPart): void {
  const turns = new Turns(network.kernel);
  for (const one of spec.publish) {
    const r = publish(network, one, turns);
    if (r < 0)
      throw new SandboxError(`--publish: ${one.text}: ${PUBLISH_REASONS.get(r) ?? `errno ${-r}`}`, 128);
  }
}

function enter(kernel: Kernel, path: string): void {
  const r = kernel.native.enterNetwork(path);
  if (r < 0) throw new SandboxError(`--network-namespace: ${path}: ${REASONS.get(r) ?? `errno ${-r}`}`, 128);
}
