/* The stub's parts, and the descriptors that it is started with. */
#pragma once

/* The caller's socket (SOCK_SEQPACKET): reports go out, one byte comes in for "go on". */
#define REPORT_FD 3
/* The plan: words, each with a NUL byte behind it. src/runtime/stub-plan.ts writes it, stub.c reads it. */
#define PLAN_FD 4
/* The socket to the sentry. */
#define LINK_FD 5

/* Reports, by their first character: an error ends the stub. */
void report_number(char kind, long value);
void warn(long error, const char *what, const char *about);
_Noreturn void fail(long error, const char *what, const char *about);

/* namespaces.c */
void join_namespace(int fd, long type);
void leave_for(long flags);
void loopback_up(void);
void write_own(const char *path, const char *text);

/* mounts.c */
void take_root(const char *path);
void mount_bind(const char *destination, const char *source, const char *flags);
void mount_new(const char *destination, const char *type, const char *flags, const char *options);
void seal(const char *path);
void pivot(void);

/* guard.c */
_Noreturn void guard(void);

/* reap.c */
_Noreturn void reap(void);
