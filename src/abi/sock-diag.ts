/** The protocol NETLINK_SOCK_DIAG (sock_diag(7)): what ss(8) asks, of internet, unix and netlink sockets. */

export const SOCK_DIAG_BY_FAMILY = 20;
export const SOCK_DESTROY = 21;

/** struct inet_diag_req_v2: family, protocol, ext, pad (1 each), states (4), id. */
export const INET_DIAG_REQ_SIZE = 56;
/** struct inet_diag_msg: family, state, timer, retrans (1 each), id, expires, rqueue, wqueue, uid, inode (4 each). */
export const INET_DIAG_MSG_SIZE = 72;

export const INET_DIAG_REQ_BYTECODE = 1;
/** Attributes of answers; `ext` has the bit of each less one. */
export const INET_DIAG_MEMINFO = 1;
export const INET_DIAG_INFO = 2;
export const INET_DIAG_CONG = 4;
export const INET_DIAG_TOS = 5;
export const INET_DIAG_TCLASS = 6;
export const INET_DIAG_SKMEMINFO = 7;
export const INET_DIAG_SHUTDOWN = 8;
export const INET_DIAG_SKV6ONLY = 11;

/** struct inet_diag_bc_op: code (1), yes (1), no (2). */
export const INET_DIAG_BC_OP_SIZE = 4;
export const INET_DIAG_BC_NOP = 0;
export const INET_DIAG_BC_JMP = 1;
export const INET_DIAG_BC_S_GE = 2;
export const INET_DIAG_BC_S_LE = 3;
export const INET_DIAG_BC_D_GE = 4;
export const INET_DIAG_BC_D_LE = 5;
export const INET_DIAG_BC_AUTO = 6;
export const INET_DIAG_BC_S_COND = 7;
export const INET_DIAG_BC_D_COND = 8;
export const INET_DIAG_BC_DEV_COND = 9;
export const INET_DIAG_BC_S_EQ = 11;
export const INET_DIAG_BC_D_EQ = 12;
/** struct inet_diag_hostcond: family, prefix_len (1 each), padding (2), port (4), address. */
export const INET_DIAG_HOSTCOND_SIZE = 8;

/** SK_MEMINFO_*: nine numbers. */
export const SK_MEMINFO_SIZE = 36;

/** struct unix_diag_req: family, protocol (1 each), pad (2), states, ino, show (4 each), cookie (8). */
export const UNIX_DIAG_REQ_SIZE = 24;
/** struct unix_diag_msg: family, type, state, pad (1 each), ino (4), cookie (8). */
export const UNIX_DIAG_MSG_SIZE = 16;
/** Bits of `show`. */
export const UDIAG_SHOW_NAME = 1;
export const UDIAG_SHOW_VFS = 2;
export const UDIAG_SHOW_PEER = 4;
export const UDIAG_SHOW_ICONS = 8;
export const UDIAG_SHOW_RQLEN = 16;
export const UDIAG_SHOW_MEMINFO = 32;
export const UDIAG_SHOW_UID = 64;
export const UNIX_DIAG_NAME = 0;
export const UNIX_DIAG_VFS = 1;
export const UNIX_DIAG_PEER = 2;
export const UNIX_DIAG_ICONS = 3;
export const UNIX_DIAG_RQLEN = 4;
export const UNIX_DIAG_MEMINFO = 5;
export const UNIX_DIAG_SHUTDOWN = 6;
export const UNIX_DIAG_UID = 7;

/** struct netlink_diag_req: family, protocol (1 each), pad (2), ino, show (4 each), cookie (8). */
export const NETLINK_DIAG_REQ_SIZE = 20;
/** struct netlink_diag_msg: family, type, protocol, state (1 each), portid, dst_portid, dst_group, ino (4 each), cookie (8). */
export const NETLINK_DIAG_MSG_SIZE = 28;
export const NDIAG_PROTO_ALL = 0xff;
export const NDIAG_SHOW_MEMINFO = 1;
export const NDIAG_SHOW_GROUPS = 2;
export const NDIAG_SHOW_FLAGS = 8;
export const NETLINK_DIAG_MEMINFO = 0;
export const NETLINK_DIAG_GROUPS = 1;
export const NETLINK_DIAG_FLAGS = 4;
/** Bit of NETLINK_DIAG_FLAGS: a dump goes on. */
export const NDIAG_FLAG_CB_RUNNING = 1;
