/* Makes calls: each argument is NUMBER[:ARGUMENT...]. Prints what each comes to, and what a handler of SIGSYS is told. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void trapped(int sig, siginfo_t *info, void *context) {
  (void)sig;
  (void)context;
  printf("trapped %d %d\n", info->si_syscall, info->si_code);
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
  sigaction(SIGSYS, &action, NULL);
  setvbuf(stdout, NULL, _IONBF, 0);
  for (int i = 1; i < argc; i++) {
    unsigned long word[7] = {0};
    char *at = argv[i];
    for (int n = 0; n < 7 && *at; n++) {
      word[n] = strtoul(at, &at, 0);
      if (*at == ':') at++;
    }
    long result = syscall((long)word[0], word[1], word[2], word[3], word[4], word[5], word[6]);
    printf("%s: %s\n", argv[i], result == -1 ? strerrorname_np(errno) : "made");
  }
  printf("mode %d, no_new_privs %d\n", prctl(PR_GET_SECCOMP), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  return 0;
}
