// Names and figures of the system.
#include "case.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
int main(void) {
  struct utsname name;
  CHECK("uname", "names and versions");
  R(uname(&name));
  say("%s %s", name.sysname, name.machine);
  int major, minor;
  T(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 4);
  T(strlen(name.nodename) > 0 && strlen(name.version) > 0);
  char host[70];
  R(gethostname(host, sizeof host));
  T(strcmp(host, name.nodename) == 0);
  struct sysinfo info;
  CHECK("sysinfo", "figures");
  R(sysinfo(&info));
  T(info.uptime > 0 && info.totalram > 0 && info.freeram <= info.totalram && info.procs > 0);
  T(info.mem_unit >= 1 && info.totalhigh == 0);
  T((long long)info.totalram * info.mem_unit / 4096 == sysconf(_SC_PHYS_PAGES));
  CHECK("uname sysinfo", "bad pointers");
  R(uname(NULL));
  R(sysinfo(NULL));
  CHECK("read(/proc/sys/kernel/osrelease)", "the release that uname says");
  char *release = strdup(get("/proc/sys/kernel/osrelease"));
  release[strcspn(release, "\n")] = 0;
  T(strcmp(release, name.release) == 0);
  CHECK("read(/proc/sys/kernel/hostname)", "the name that uname says");
  char *hostname = strdup(get("/proc/sys/kernel/hostname"));
  hostname[strcspn(hostname, "\n")] = 0;
  T(strcmp(hostname, name.nodename) == 0);
  CHECK("sched_getaffinity", "as sysconf asks");
  R(sysconf(_SC_PAGESIZE));
  R(sysconf(_SC_CLK_TCK));
  T(sysconf(_SC_NPROCESSORS_CONF) >= sysconf(_SC_NPROCESSORS_ONLN));
  R(getpagesize());
  return 0;
}
