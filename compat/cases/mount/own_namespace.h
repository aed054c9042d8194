/*
 * Mounts of a case stay its own: natively it gets a mount namespace. A sandbox that gives none has nobody else inside.
 */
#ifndef OWN_NAMESPACE_H
#define OWN_NAMESPACE_H
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

static void own_namespace(void) {
  if (unshare(CLONE_NEWNS) == 0) mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* What /proc/self/mountinfo says of the mount whose place ends in `name`. */
static void UNUSED say_mount(const char *name) {
  char line[4096];
  FILE *in = fopen("/proc/self/mountinfo", "r");
  bool found = false;
  while (in && fgets(line, sizeof line, in)) {
    char root[1024], place[1024], flags[512], rest[2048];
    if (sscanf(line, "%*d %*d %*s %1023s %1023s %511s - %2047[^\n]", root, place, flags, rest) != 4) continue;
    size_t length = strlen(place), wanted = strlen(name);
    if (length < wanted || strcmp(place + length - wanted, name) != 0) continue;
    char *extra = strstr(rest, ",inode64");
    if (extra) memmove(extra, extra + 8, strlen(extra + 8) + 1);
    say("%s: root %s, %s, %s", name, root, flags, rest);
    found = true;
  }
  if (in) fclose(in);
  if (!found) say("%s: not mounted", name);
}
#endif
