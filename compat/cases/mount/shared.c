// covers: mount umount2
// Shared mounts: peers, slaves, and what goes from one to the other (mount_namespaces(7)).
#include "case.h"

#include "own_namespace.h"

/* Numbers of peer groups in the order in which they are met. */
static int known[32], known_count;
static int nth(int id) {
  for (int i = 0; i < known_count; i++)
    if (known[i] == id) return i + 1;
  if (known_count < 32) known[known_count++] = id;
  return known_count;
}

/* Place and optional fields of all mounts below the working directory. */
static void say_sharing(void) {
  char here[512], line[4096];
  NEED(getcwd(here, sizeof here) ? 0 : -1);
  FILE *in = fopen("/proc/self/mountinfo", "r");
  while (in && fgets(line, sizeof line, in)) {
    char place[1024], out[512] = "";
    int at = 0;
    if (sscanf(line, "%*d %*d %*s %*s %1023s %*s %n", place, &at) != 1) continue;
    if (strncmp(place, here, strlen(here)) != 0) continue;
    for (char *field = strtok(line + at, " "); field && strcmp(field, "-") != 0; field = strtok(NULL, " ")) {
      char *colon = strchr(field, ':');
      if (colon)
        sprintf(out + strlen(out), " %.*s %d", (int)(colon - field), field, nth(atoi(colon + 1)));
      else
        sprintf(out + strlen(out), " %s", field);
    }
    say("%s:%s", place + strlen(here), out);
  }
  if (in) fclose(in);
}

static void dirs(const char *top, const char *names) {
  char path[256];
  for (const char *name = names; *name; name++) {
    snprintf(path, sizeof path, "%s/%c", top, *name);
    R(mkdir(path, 0755));
  }
}

int main(void) {
  own_namespace();
  NEED(given_directory("w", 0755));
  R(mount("work", "w", "tmpfs", 0, "size=1m"));
  NEED(chdir("w"));
  dirs(".", "abcdefgh");

  CHECK("mount(MS_SHARED)", "copies are peers: what is mounted on one is on the other");
  R(mount("one", "a", "tmpfs", 0, "size=1m"));
  dirs("a", "xyz");
  R(mount(NULL, "a", NULL, MS_SHARED, NULL));
  say_sharing();
  R(mount("a", "b", NULL, MS_BIND, NULL));
  say_sharing();
  R(mount("two", "a/x", "tmpfs", 0, "size=1m"));
  R(mount("three", "b/y", "tmpfs", 0, "size=1m"));
  put("b/x/file", "text");
  R(access("a/x/file", F_OK));
  say_sharing();
  R(umount2("a/y", 0));
  R(umount2("b/y", 0));
  say_sharing();

  CHECK("mount(MS_SLAVE)", "follows, and is not followed");
  R(mount(NULL, "b", NULL, MS_SLAVE, NULL));
  R(mount("three", "a/y", "tmpfs", 0, "size=1m"));
  R(mount("four", "b/z", "tmpfs", 0, "size=1m"));
  say_sharing();
  R(mount("b", "c", NULL, MS_BIND, NULL));
  R(mount(NULL, "c", NULL, MS_SHARED, NULL));
  R(mount("c", "d", NULL, MS_BIND, NULL));
  R(mount("c", "e", NULL, MS_BIND, NULL));
  R(mount(NULL, "e", NULL, MS_SLAVE, NULL));
  say_sharing();
  R(umount2("a/y", 0));
  R(mount("five", "a/y", "tmpfs", 0, "size=1m"));
  say_sharing();
  R(mount("six", "d/z", "tmpfs", 0, "size=1m"));
  say_sharing();

  CHECK("mount(MS_PRIVATE)", "leaves; who followed the last of a group follows its master");
  R(mount(NULL, "d", NULL, MS_PRIVATE, NULL));
  R(mount(NULL, "c", NULL, MS_PRIVATE, NULL));
  say_sharing();
  R(umount2("a/y", 0));
  say_sharing();
  R(mount(NULL, "a", NULL, MS_PRIVATE, NULL));
  say_sharing();

  CHECK("umount2(MNT_DETACH)", "goes with all that is below");
  for (const char *name = "abcde"; *name; name++) {
    char path[8] = {*name, 0};
    R(umount2(path, MNT_DETACH));
  }
  say_sharing();

  CHECK("mount(MS_BIND|MS_REC)", "a tree to a shared place becomes shared");
  R(mount("a", "a", NULL, MS_BIND, NULL));
  R(mount(NULL, "a", NULL, MS_SHARED, NULL));
  dirs("a", "xyz");
  R(mount("a", "b", NULL, MS_BIND, NULL));
  R(mount("tree", "c", "tmpfs", 0, "size=1m"));
  dirs("c", "xyz");
  R(mount("leaf", "c/x", "tmpfs", 0, "size=1m"));
  R(mount("leaf", "c/y", "tmpfs", 0, "size=1m"));
  R(mount(NULL, "c/y", NULL, MS_UNBINDABLE, NULL));
  R(mount("c", "a/x", NULL, MS_BIND | MS_REC, NULL));
  say_sharing();
  R(umount2("b/x", 0));
  R(umount2("b/x/x", 0));
  R(umount2("b/x", 0));
  say_sharing();
  R(mount("c", "a/x", NULL, MS_MOVE, NULL));
  R(umount2("c/y", 0));
  R(mount("c", "a/x", NULL, MS_MOVE, NULL));
  say_sharing();
  R(mount("a/x", "c", NULL, MS_MOVE, NULL));

  CHECK("mount(MS_SHARED)", "what lies on a peer comes to lie on top of what arrives");
  R(umount2("a/x", MNT_DETACH));
  R(mount(NULL, "b", NULL, MS_PRIVATE, NULL));
  R(mount("mine", "b/z", "tmpfs", 0, "size=1m"));
  put("b/z/mine", "m");
  R(umount2("a", MNT_DETACH));
  R(mount(NULL, "b", NULL, MS_SHARED, NULL));
  R(mount("b", "d", NULL, MS_BIND, NULL));
  R(mount("theirs", "d/z", "tmpfs", 0, "size=1m"));
  put("d/z/theirs", "t");
  R(access("b/z/mine", F_OK));
  R(access("b/z/theirs", F_OK));
  say_sharing();
  R(umount2("d/z", 0));
  R(access("b/z/mine", F_OK));
  say_sharing();

  CHECK("umount2(0)", "a user of a peer's mount keeps all of them");
  R(mount("used", "d/y", "tmpfs", 0, "size=1m"));
  int fd = open("b/y", O_RDONLY | O_DIRECTORY);
  R(umount2("d/y", 0));
  close(fd);
  R(umount2("d/y", 0));
  say_sharing();

  CHECK("mount(MS_SHARED)", "what is refused");
  R(mount(NULL, "d", NULL, MS_SHARED | MS_PRIVATE, NULL));
  R(mount(NULL, "d/x", NULL, MS_SHARED, NULL));
  R(mount(NULL, "d", NULL, MS_UNBINDABLE, NULL));
  R(mount(NULL, "d", NULL, MS_SLAVE, NULL));
  R(mount(NULL, "d", NULL, MS_SHARED | MS_REC, NULL));
  say_sharing();
  R(umount2("d", MNT_DETACH));
  R(umount2("b", MNT_DETACH));
  NEED(chdir("/"));
  return 0;
}
