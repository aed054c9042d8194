// The thread's name, in prctl and in proc.
#include "case.h"

static void *thread(void *argument) {
  char name[20] = {0};
  prctl(PR_GET_NAME, name);
  say("inherited %s", name);
  prctl(PR_SET_NAME, "other");
  char path[64];
  sprintf(path, "/proc/self/task/%ld/comm", syscall(SYS_gettid));
  say("%.5s", get(path));
  return NULL;
}
int main(void) {
  char name[20] = {0};
  CHECK("prctl(PR_SET_NAME|PR_GET_NAME)", "the first fifteen characters");
  R(prctl(PR_GET_NAME, name));
  T(strlen(name) <= 15 && strncmp(strrchr(self, '/') + 1, name, strlen(name)) == 0);
  R(prctl(PR_SET_NAME, "a name that is too long"));
  R(prctl(PR_GET_NAME, name));
  say("'%s'", name);
  CHECK("read(/proc/self/comm)", "the name");
  say("%s", get("/proc/self/comm"));
  CHECK("prctl(PR_SET_NAME|PR_GET_NAME)", "a thread's own");
  pthread_t id;
  pthread_create(&id, NULL, thread, NULL);
  pthread_join(id, NULL);
  R(prctl(PR_GET_NAME, name));
  say("'%s'", name);
  CHECK("write(/proc/self/comm)", "renames");
  put("/proc/self/comm", "written");
  R(prctl(PR_GET_NAME, name));
  say("'%s'", name);
  CHECK("prctl(PR_SET_NAME)", "a bad pointer");
  R(prctl(PR_SET_NAME, NULL));
  CHECK("prctl(PR_SET_DUMPABLE|PR_GET_DUMPABLE)", "0, and what is no value");
  R(prctl(PR_SET_DUMPABLE, 0));
  R(prctl(PR_GET_DUMPABLE));
  R(prctl(PR_SET_DUMPABLE, 5));
  CHECK("prctl(PR_SET_KEEPCAPS)", "what is no value");
  R(prctl(PR_SET_KEEPCAPS, 2));
  CHECK("prctl(PR_SET_NO_NEW_PRIVS|PR_GET_NO_NEW_PRIVS)", "only ever set");
  R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  R(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  return 0;
}
