// tags: proc
// The system-wide files of /proc: their shape.
#include "case.h"

static void shape(const char *path, const char *keys[]) {
  char title[64];
  sprintf(title, "the shape of %s", path);
  CHECK("read(/proc)", title);
  char *text = strdup(get(path));
  say("%s: %s", path, *text ? "has text" : errno_name(errno));
  for (int i = 0; keys[i]; i++) say("  %s: %d", keys[i], strstr(text, keys[i]) != NULL);
}
int main(void) {
  CHECK("read(/proc/uptime) read(/proc/loadavg)", "their numbers");
  double up, idle;
  T(sscanf(get("/proc/uptime"), "%lf %lf\n", &up, &idle) == 2 && up > 0);
  struct timespec boot;
  clock_gettime(CLOCK_BOOTTIME, &boot);
  double a, b, c;
  int running, total, last;
  T(sscanf(get("/proc/loadavg"), "%lf %lf %lf %d/%d %d\n", &a, &b, &c, &running, &total, &last) == 6 &&
    total >= running);
  shape("/proc/meminfo", (const char *[]){"MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:",
                                          "SwapTotal:", "SwapFree:", "Shmem:", " kB\n", NULL});
  shape("/proc/cpuinfo",
        (const char *[]){"processor\t: 0\n", "model name\t: ", "flags\t\t: ", "cpu MHz\t\t: ", NULL});
  shape("/proc/stat", (const char *[]){"cpu  ", "\ncpu0 ", "\nintr ", "\nctxt ", "\nbtime ", "\nprocesses ",
                                       "\nprocs_running ", NULL});
  shape("/proc/version", (const char *[]){"Linux version ", NULL});
  shape("/proc/filesystems", (const char *[]){"nodev\tproc\n", "nodev\ttmpfs\n", NULL});
  shape("/proc/mounts", (const char *[]){" / ", " /proc proc ", NULL});
  shape("/proc/self/mounts", (const char *[]){" / ", " /proc proc ", NULL});
  shape("/proc/self/mountinfo", (const char *[]){" / / ", " - proc ", NULL});
  shape("/proc/sys/kernel/ostype", (const char *[]){"Linux\n", NULL});
  shape("/proc/sys/kernel/pid_max", (const char *[]){"\n", NULL});
  shape("/proc/sys/fs/file-max", (const char *[]){"\n", NULL});
  shape("/proc/cmdline", (const char *[]){"\n", NULL});
  shape("/proc/self/cgroup", (const char *[]){":/", NULL});
  CHECK("read(/proc/sys/kernel/pid_max)", "bounds the ids");
  long pid_max = atol(get("/proc/sys/kernel/pid_max"));
  T(pid_max >= 32768 && getpid() < pid_max);
  CHECK("read(/proc/meminfo)", "agrees with sysinfo");
  char *total_text = strstr(strdup(get("/proc/meminfo")), "MemTotal:");
  long kilobytes = atol(total_text + 9);
  T(labs(kilobytes - sysconf(_SC_PHYS_PAGES) * 4) < 64);
  CHECK("read(/proc/sys/kernel/random)", "ids in text");
  R(strlen(get("/proc/sys/kernel/random/boot_id")));
  R(strlen(get("/proc/sys/kernel/random/uuid")));
  return 0;
}
