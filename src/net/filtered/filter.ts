/** --network=filtered: what the sandbox has of the host's network, and who decides over it. */

import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { HostNetwork } from '../host/network.js';
import type { Endpoint, Ip } from '../inet/address.js';
import type { InetStack } from '../inet/stack.js';
import { formatIp } from '../policy/cidr.js';
import type { DecisionLog, DecisionRecord } from '../policy/decision-log.js';
import { LearntAddresses } from '../policy/learnt.js';
import { rangeOf } from '../policy/ranges.js';
import { formatRule, type Rule } from '../policy/rule.js';
import { type Flow, type Protocol, Rules } from '../policy/rules.js';

/** What the log says of the one who tries. */
function caller(task: Task): { pid: number; comm: string } {
  return { pid: task.group.pid, comm: Buffer.from(task.comm, 'latin1').toString() };
}

export class Filter {
  readonly learnt: LearntAddresses;
  readonly rules: Rules;
  /** Called when the first internet socket is about to be made: until then nobody can ask for a name. */
  start: (() => void) | undefined;

  /** @param network where the sockets of the host are made; its own policy is not asked */
  constructor(
    readonly kernel: Kernel,
    readonly network: HostNetwork,
    rules: readonly Rule[],
    private readonly log: DecisionLog | undefined,
  ) {
    this.learnt = new LearntAddresses(() => kernel.now());
    this.rules = new Rules(rules, (ip) => this.learnt.namesOf(ip));
  }

  /** Decides, and tells the log. @param task who tries, if it is a guest */
  allows(event: DecisionRecord['event'], flow: Flow, task?: Task): boolean {
    const { allowed, rule, reason, names } = this.rules.judge(flow);
    if (this.log !== undefined) {
      this.log.write({
        event,
        verdict: allowed ? 'allow' : 'deny',
        ...(rule === undefined ? { reason } : { rule: formatRule(rule) }),
        direction: flow.direction,
        protocol: flow.protocol,
        address: formatIp(flow.ip),
        port: flow.port,
        ...(names.length === 0 ? {} : { names }),
        ...(task === undefined ? {} : caller(task)),
      });
    }
    return allowed;
  }

  /**
   * May a guest listen here for others to come in? The log hears of what is allowed: a server that only the sandbox sees asks for
   * nothing.
   */
  mayListen(protocol: Protocol, own: Endpoint, task: Task): boolean {
    const allowed = this.rules.mayListen(protocol, own.port);
    if (allowed) {
      this.log?.write({
        event: 'listen',
        verdict: 'allow',
        direction: 'in',
        protocol,
        address: formatIp(own.ip),
        port: own.port,
        ...caller(task),
      });
    }
    return allowed;
  }

  /** May a guest hear what is sent to a multicast group? If it may send there itself, to whatever port. */
  mayJoin(protocol: Protocol, group: Ip, task: Task): boolean {
    const allowed = this.rules.mayReach(group, 0);
    this.log?.write({
      event: 'join',
      verdict: allowed ? 'allow' : 'deny',
      direction: 'in',
      protocol,
      address: formatIp(group),
      ...caller(task),
    });
    return allowed;
  }

  /** For decisions that are made elsewhere. */
  record(record: DecisionRecord): void {
    this.log?.write(record);
  }
}

/**
 * Is an address one of the sandbox itself? Its loopback networks are, whatever guests have done to the device, the wildcard
 * addresses, which stand for it, and what guests have added.
 */
export function isInside({ device }: InetStack, ip: Ip): boolean {
  const { name } = rangeOf(ip);
  if (name === 'loopback' || name === 'unspecified') return true;
  return device.sourceFor(ip) !== undefined || device.isBroadcast(ip);
}

const filters = new WeakMap<Kernel, Filter>();

/** The filter of a sandbox with --network=filtered. */
export function networkFilter(kernel: Kernel): Filter | undefined {
  return filters.get(kernel);
}
export function setNetworkFilter(kernel: Kernel, filter: Filter): void {
  filters.set(kernel, filter);
}
