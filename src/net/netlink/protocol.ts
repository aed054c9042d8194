/** What a protocol of netlink is to its sockets (struct netlink_kernel_cfg). */

import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { NetlinkMessage, Refusal, Request } from './message.js';

/** Who has sent a request. */
export interface Sender {
  readonly task: Task;
  /** NETLINK_GET_STRICT_CHK. */
  readonly strict: boolean;
}

/** Many messages; they are made when there is room for them. */
export interface Dump {
  readonly dump: Iterable<NetlinkMessage>;
  /** How it ends: 0, or why it is not complete. */
  readonly result?: number | Refusal;
  /** NLMSG_DONE has a datagram of its own, as with handlers that only end when they have nothing more to say. */
  readonly doneApart?: boolean;
}

/** 0 or -errno, a reason, one message, or many. 'ignored': not even an acknowledgement. */
export type Answer = number | 'ignored' | Refusal | NetlinkMessage | Dump;

export interface NetlinkProtocol {
  /** Multicast groups. */
  readonly groups: number;
  /** May everybody hear of groups, and send to others than the kernel? */
  readonly everybodyListens: boolean;
  readonly everybodySends: boolean;
  /** Answers a request to the kernel. Without it nobody is there. */
  answer?(kernel: Kernel, request: Request, sender: Sender): Answer;
}
