// tags: proc
// /proc/self/status, stat and limits say what the system calls say.
#include "case.h"

static long field(const char *text, const char *name) {
  const char *at = strstr(text, name);
  return at ? strtol(at + strlen(name), NULL, 0) : -12345;
}
int main(void) {
  CHECK("read(/proc/self/status)", "what the calls say");
  char *text = strdup(get("/proc/self/status"));
  T(field(text, "\nPid:") == getpid());
  T(field(text, "\nTgid:") == getpid());
  T(field(text, "\nPPid:") == getppid());
  T(field(text, "\nUid:") == getuid());
  T(field(text, "\nGid:") == getgid());
  R(field(text, "\nThreads:"));
  R(field(text, "\nTracerPid:"));
  T(strncmp(text, "Name:\t", 6) == 0);
  T(strstr(text, "\nState:\tR (running)\n") != NULL);
  T(field(text, "\nVmSize:") > 100 && field(text, "\nVmRSS:") > 50);
  CHECK("read(/proc/self/status)", "its keys");
  const char *keys[] = {"Umask",        "FDSize",
                        "Groups",       "VmPeak",
                        "VmData",       "VmStk",
                        "VmExe",        "VmLib",
                        "SigPnd",       "ShdPnd",
                        "SigBlk",       "SigIgn",
                        "SigCgt",       "CapInh",
                        "CapPrm",       "CapEff",
                        "CapBnd",       "CapAmb",
                        "NoNewPrivs",   "Seccomp",
                        "Cpus_allowed", "voluntary_ctxt_switches"};
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
    char name[64];
    sprintf(name, "\n%s:\t", keys[i]);
    say("%s: %d", keys[i], strstr(text, name) != NULL);
  }
  CHECK("read(/proc/self/status)", "signals and umask");
  signal(SIGUSR1, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  umask(031);
  text = strdup(get("/proc/self/status"));
  // Whoever started this may ignore real-time signals; the ordinary ones are meant.
  say("ignored %llx", strtoull(strstr(text, "SigIgn:\t") + 8, NULL, 16) & 0x7fffffff);
  say("blocked %.16s", strstr(text, "SigBlk:\t") + 8);
  say("umask %.4s", strstr(text, "Umask:\t") + 7);
  CHECK("read(/proc/self/stat)", "ids, state, number of fields");
  int pid, ppid, group, session;
  char state;
  const char *stat = get("/proc/self/stat");
  T(sscanf(strrchr(stat, ')') + 2, "%c %d %d %d", &state, &ppid, &group, &session) == 4);
  T(sscanf(stat, "%d (", &pid) == 1 && pid == getpid());
  T(state == 'R' && ppid == getppid() && group == getpgrp() && session == getsid(0));
  int fields = 0;
  for (const char *at = strrchr(stat, ')') + 1; *at; at++) fields += *at == ' ';
  R(fields);
  CHECK("read(/proc/self/limits)", "what was set");
  struct rlimit limit = {33, 44};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  const char *limits = get("/proc/self/limits");
  T(strncmp(limits, "Limit                     Soft Limit           Hard Limit           Units     \n", 79) ==
    0);
  say("%.79s", strstr(limits, "Max open files"));
  CHECK("read(/proc/self/statm)", "pages");
  long pages;
  T(sscanf(get("/proc/self/statm"), "%ld", &pages) == 1 && pages > 20);
  return 0;
}
