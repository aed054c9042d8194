/** The protocols of netlink that there are; the others are as if their modules were missing. */

import { EPERM } from '../../abi/errno.js';
import {
  NETLINK_KOBJECT_UEVENT,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  NETLINK_USERSOCK,
} from '../../abi/netlink.js';
import { sockDiag } from './diag/sock-diag.js';
import type { NetlinkProtocol } from './protocol.js';
import { rtnetlink } from './route/rtnetlink.js';

/** Groups that every protocol has at least. */
const LEAST_GROUPS = 32;

/** Between programs: the kernel does not take part. */
const userSock: NetlinkProtocol = { groups: LEAST_GROUPS, everybodyListens: false, everybodySends: true };

/** News of devices, which never come or go here. Only the kernel has news. */
const uevents: NetlinkProtocol = {
  groups: LEAST_GROUPS,
  everybodyListens: true,
  everybodySends: false,
  answer: () => -EPERM,
};

/** By number. */
export const netlinkProtocols: ReadonlyMap<number, NetlinkProtocol> = new Map([
  [NETLINK_ROUTE, rtnetlink],
  [NETLINK_USERSOCK, userSock],
  [NETLINK_SOCK_DIAG, sockDiag],
  [NETLINK_KOBJECT_UEVENT, uevents],
]);
