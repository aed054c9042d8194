/** Layouts of the structures that readiness, sockets and inotify calls exchange with programs (x86-64). */

/** struct pollfd (poll.h). */
export const POLLFD_SIZE = 8;
export const POLLFD_EVENTS = 4;
export const POLLFD_REVENTS = 6;

/** struct epoll_event, packed on x86-64 (sys/epoll.h). */
export const EPOLL_EVENT_SIZE = 12;
export const EPOLL_EVENT_DATA = 4;

/** struct timespec, struct timeval, struct itimerspec. */
export const TIMESPEC_SIZE = 16;
export const TIMEVAL_SIZE = 16;
export const ITIMERSPEC_SIZE = 32;

/** sigset_t as system calls take it. */
/** struct signalfd_siginfo. */
export const SIGNALFD_SIGINFO_SIZE = 128;
export const SIGSET_SIZE = 8;

/** struct inotify_event without its name. */
export const INOTIFY_EVENT_SIZE = 16;

/** struct msghdr: offsets and size. */
export const MSGHDR_SIZE = 56;
export const MSGHDR_NAME = 0;
export const MSGHDR_NAMELEN = 8;
export const MSGHDR_IOV = 16;
export const MSGHDR_IOVLEN = 24;
export const MSGHDR_CONTROL = 32;
export const MSGHDR_CONTROLLEN = 40;
export const MSGHDR_FLAGS = 48;

/** struct mmsghdr: a msghdr and msg_len. */
export const MMSGHDR_SIZE = 64;
export const MMSGHDR_LEN = 56;

/** struct cmsghdr: length (8), level (4), type (4); data and next header are aligned to 8. */
export const CMSGHDR_SIZE = 16;

/** @returns `len` rounded up as CMSG_ALIGN does */
export function cmsgAlign(len: number): number {
  return (len + 7) & ~7;
}

/** struct sockaddr_un: family and at most 108 bytes of path. */
export const SOCKADDR_UN_SIZE = 110;
export const SOCKADDR_PATH = 2;
/** struct sockaddr_storage: no address is longer. */
export const SOCKADDR_STORAGE_SIZE = 128;

/** struct ucred: pid, uid, gid. */
export const UCRED_SIZE = 12;

/** struct linger. */
export const LINGER_SIZE = 8;

/** struct winsize, and the kernel's struct termios, termios2 and termio. */
export const WINSIZE_SIZE = 8;
export const TERMIOS_SIZE = 36;
export const TERMIOS2_SIZE = 44;
export const TERMIO_SIZE = 18;

/** Most descriptors in one message (include/net/scm.h). */
export const SCM_MAX_FD = 253;
