/** What --network=filtered is made of: rules, the resolver and its servers, the log. Loaded only where it is wanted. */

import { readFileSync } from 'node:fs';
import type { Kernel } from '../kernel/kernel.js';
import { HostTransport } from '../net/dns/host-transport.js';
import { DNS_PORT, guestResolvConf, parseResolvConf } from '../net/dns/resolv-conf.js';
import { Resolver } from '../net/dns/resolver.js';
import { DnsServer } from '../net/dns/server.js';
import { Upstream } from '../net/dns/upstream.js';
import { Filter, setNetworkFilter } from '../net/filtered/filter.js';
import { showWayOut } from '../net/filtered/interface.js';
import type { HostNetwork } from '../net/host/network.js';
import type { Endpoint } from '../net/inet/address.js';
import { inetStack } from '../net/inet/stack.js';
import { DecisionLog } from '../net/policy/decision-log.js';
import { Turns } from '../net/publish/turns.js';
import type { MountNamespace } from '../vfs/mounts.js';
import { SandboxError } from './error.js';
import type { FilterSpec } from './spec.js';
import { provideFile } from './world.js';

/** Where guests ask: an address of the loopback device that nobody else has, as that of other resolvers of one machine. */
const RESOLVER: Endpoint = { ip: '\x7f\0\0\x35', port: DNS_PORT };
/** GID_T_MAX as net.ipv4.ping_group_range has it. */
const MAX_GROUP = 0x7fff_ffff;
const HOST_RESOLV_CONF = '/etc/resolv.conf';

/** Throws SandboxError with one clear line. */
export function openFiltered(kernel: Kernel, network: HostNetwork, spec: FilterSpec): void {
  const log = spec.log === undefined ? undefined : openLog(kernel, spec.log);
  const filter = new Filter(kernel, network, spec.rules, log);
  const servers = spec.servers.length > 0 ? spec.servers : hostServers(kernel);
  filter.start = () => {
    filter.start = undefined;
    serveNames(kernel, filter, servers);
  };
  setNetworkFilter(kernel, filter);
  showWayOut(inetStack(kernel).device);
  // Raw sockets see the sandbox's own device only: programs that ping are to take the other kind, as on most distributions.
  kernel.settings.pingGroupFirst = 0;
  kernel.settings.pingGroupLast = MAX_GROUP;
}

/** Tells a container's programs where to ask for names. */
export function provideResolver(mounts: MountNamespace): void {
  provideFile(mounts, '/etc', 'resolv.conf', guestResolvConf(RESOLVER));
}

function openLog(kernel: Kernel, path: string): DecisionLog {
  try {
    return DecisionLog.toFile(path, () => kernel.now());
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/,.*/, '') : String(error);
    throw new SandboxError(`--network-log: ${path}: ${reason}`, 128);
  }
}

function hostServers(kernel: Kernel): Endpoint[] {
  try {
    return parseResolvConf(readFileSync(HOST_RESOLV_CONF, 'utf8'));
  } catch (error) {
    kernel.log.warn({ err: error }, `${HOST_RESOLV_CONF}: guests cannot look up names`);
    return [];
  }
}

function serveNames(kernel: Kernel, filter: Filter, servers: readonly Endpoint[]): void {
  const { rules, learnt } = filter;
  const random = (): number => crypto.getRandomValues(new Uint16Array(1))[0] as number;
  const timers = {
    now: () => kernel.now(),
    add: (deadline: number, expired: () => void) => kernel.timers.add(deadline, expired),
    cancel: (timer: Parameters<typeof kernel.timers.cancel>[0]) => kernel.timers.cancel(timer),
  };
  const upstream = new Upstream(servers, new HostTransport(filter.network), timers, random);
  const log = (record: Parameters<typeof filter.record>[0]): void => filter.record(record);
  const now = (): number => kernel.now();
  // Containers that share a network share their names, as pods do.
  const hostname = (): string => kernel.containers.values().next().value?.uts.hostname ?? '';
  const resolver = new Resolver({ rules, learnt, upstream, log, now, hostname });
  new DnsServer(kernel, resolver, new Turns(kernel), RESOLVER);
}
