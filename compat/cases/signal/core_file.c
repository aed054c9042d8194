// covers: wait4 waitid setrlimit prctl
// Core files: when there is one, whose, and what wait says of it.
#include "case.h"

#include <elf.h>

static void limit(rlim_t bytes) {
  struct rlimit core = {bytes, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &core);
}
static volatile char marker[64];
static void show(void) {
  struct stat st;
  if (stat("core", &st) == -1) {
    say("no core");
    return;
  }
  Elf64_Ehdr head = {0};
  int fd = NEED(open("core", O_RDONLY));
  NEED(read(fd, &head, sizeof head));
  say("mode %o, type %d, machine %d, more than a page %d", st.st_mode & 0777, head.e_type, head.e_machine,
      st.st_size > 4096);
  bool found = false, notes = false;
  for (int i = 0; i < head.e_phnum; i++) {
    Elf64_Phdr segment;
    NEED(pread(fd, &segment, sizeof segment, head.e_phoff + i * sizeof segment));
    uintptr_t at = (uintptr_t)marker;
    notes |= segment.p_type == PT_NOTE && segment.p_filesz > 400;
    if (segment.p_type != PT_LOAD || at < segment.p_vaddr || at >= segment.p_vaddr + segment.p_filesz)
      continue;
    char text[64] = "";
    NEED(pread(fd, text, sizeof text, segment.p_offset + at - segment.p_vaddr));
    found = strcmp(text, "what was here") == 0;
  }
  say("notes %d, memory %d", notes, found);
  close(fd);
  NEED(unlink("core"));
}
static void died(pid_t child) {
  int status;
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  NEED(waitpid(child, &status, 0));
  say("signal %s, core %d, code %d", sigabbrev_np(WTERMSIG(status)), WCOREDUMP(status) != 0, info.si_code);
  show();
}
int main(void) {
  const char *pattern = get("/proc/sys/kernel/core_pattern");
  if (strcmp(pattern, "core\n") != 0) {
    say("cannot go on: core_pattern");
    return 99;
  }
  CHECK("setrlimit wait4 waitid", "a core file within the limit");
  died(CHILD({
    strcpy((char *)marker, "what was here");
    limit(RLIM_INFINITY);
    abort();
  }));
  CHECK("setrlimit wait4", "by fault and from outside, but not by every signal");
  died(CHILD({
    limit(RLIM_INFINITY);
    *(volatile int *)8 = 1;
  }));
  died(CHILD({
    limit(RLIM_INFINITY);
    raise(SIGQUIT);
  }));
  died(CHILD({
    limit(RLIM_INFINITY);
    raise(SIGTERM);
  }));
  CHECK("setrlimit wait4", "none without room for it");
  died(CHILD(abort()));
  died(CHILD({
    limit(100);
    abort();
  }));
  CHECK("prctl(PR_SET_DUMPABLE) wait4", "none of a process that must not be looked at");
  died(CHILD({
    limit(RLIM_INFINITY);
    prctl(PR_SET_DUMPABLE, 0);
    abort();
  }));
  CHECK("wait4", "takes the name of what was there, not its contents");
  put("core", "mine");
  NEED(link("core", "other"));
  died(CHILD({
    limit(RLIM_INFINITY);
    abort();
  }));
  say("%s", get("other"));
  NEED(mkdir("core", 0700));
  reap("child", CHILD({
         limit(RLIM_INFINITY);
         abort();
       }));
  T(rmdir("core") == 0);
  return 0;
}
