/* What a container looks like from the host: its root with the mounts of its config, in the stub's mount namespace. Guests do not
 * live here, they have the sentry's view; so what fails is only told. The root's owner may be hostile: every place in it is found
 * by openat2(2) that takes it for "/", and mounts are put on descriptors. */
#include <asm/fcntl.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#include "plan.h"
#include "sys.h"

static long g_root = -1;

static const uint64_t kHarmless = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

static long set_attributes(long fd, uint64_t set, unsigned flags) {
  struct mount_attr attr = {.attr_set = set, .propagation = MS_PRIVATE};
  return SYS5(__NR_mount_setattr, fd, "", AT_EMPTY_PATH | flags, &attr, sizeof attr);
}

static long copy_tree(const char *path) {
  const long fd = SYS3(__NR_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
  if (fd < 0) return fd;
  const long r = set_attributes(fd, kHarmless, AT_RECURSIVE);
  if (r >= 0) return fd;
  SYS1(__NR_close, fd);
  return r;
}

static long attach(long tree, long place) {
  return SYS5(__NR_move_mount, tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* The root goes on top of where it lies, as it does for runc: hooks that run before pivot() find it by the bundle's path. */
void take_root(const char *path) {
  long r = SYS5(__NR_mount, 0, "/", 0, MS_REC | MS_SLAVE, 0);
  if (r < 0) fail(r, "make mounts private", "");
  g_root = copy_tree(path);
  if (g_root < 0) fail(g_root, "copy the root", path);
  const long place = SYS4(__NR_openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (place < 0) fail(place, "open the root", path);
  r = attach(g_root, place);
  if (r < 0) fail(r, "mount the root", path);
  SYS1(__NR_close, place);
}

static long open_inside(const char *path, uint64_t flags) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags,
                         .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  long fd = -11 /* EAGAIN: a rename met the walk */;
  for (int i = 0; i < 64 && fd == -11; i++) fd = SYS4(__NR_openat2, g_root, path, &how, sizeof how);
  return fd;
}

static long make_file(long parent, const char *name) {
  const long fd = SYS4(__NR_openat, parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd >= 0) SYS1(__NR_close, fd);
  return fd;
}

/* The place of a mount, made where it is missing. */
static long open_place(const char *path, int directory) {
  char walked[4096];
  long fd = open_inside(path, directory ? O_DIRECTORY : 0);
  if (fd != -2 /* ENOENT */) return fd;
  for (size_t i = 0; path[i] != '\0' && i + 1 < sizeof walked;) {
    const size_t begin = i;
    while (path[i] == '/' && i + 1 < sizeof walked) walked[i] = '/', i++;
    const size_t name = i;
    while (path[i] != '\0' && path[i] != '/' && i + 1 < sizeof walked) walked[i] = path[i], i++;
    if (name == i) break;
    walked[i] = '\0';
    const int last = path[i] == '\0';
    fd = open_inside(walked, 0);
    if (fd < 0) {
      walked[begin] = '\0';
      const long parent = open_inside(begin == 0 ? "/" : walked, O_DIRECTORY);
      if (parent < 0) return parent;
      walked[begin] = path[begin];
      if (last && !directory)
        make_file(parent, walked + name);
      else
        SYS3(__NR_mkdirat, parent, walked + name, 0755);
      SYS1(__NR_close, parent);
      fd = open_inside(walked, 0);
      if (fd < 0) return fd;
    }
    if (last) return fd;
    SYS1(__NR_close, fd);
  }
  return open_inside(path, directory ? O_DIRECTORY : 0);
}

static void put_on(long tree, const char *destination, int directory) {
  const long place = open_place(destination, directory);
  long r = place;
  if (place >= 0) {
    r = attach(tree, place);
    SYS1(__NR_close, place);
  }
  if (r < 0) warn(r, "mount", destination);
}

/* `flags`: "r" for read-only. */
void mount_bind(const char *destination, const char *source, const char *flags) {
  struct stat st;
  const long tree = copy_tree(source);
  if (tree < 0) {
    warn(tree, "bind", source);
    return;
  }
  long r = SYS4(__NR_newfstatat, tree, "", &st, AT_EMPTY_PATH);
  if (r >= 0 && *flags == 'r') r = set_attributes(tree, MOUNT_ATTR_RDONLY, AT_RECURSIVE);
  if (r < 0)
    warn(r, "bind", source);
  else
    put_on(tree, destination, (st.st_mode & S_IFMT) == S_IFDIR);
  SYS1(__NR_close, tree);
}

/* One option of a new file system: "name=value", or a name alone. */
static void configure(long fs, const char *option, size_t n) {
  char key[256];
  size_t i = 0, k = 0;
  while (k < n && option[k] != '=') k++;
  if (n == 0 || n >= sizeof key) return;
  for (i = 0; i < n; i++) key[i] = option[i];
  key[n] = '\0';
  key[k] = '\0';
  const long r = k < n ? SYS5(__NR_fsconfig, fs, FSCONFIG_SET_STRING, key, key + k + 1, 0)
                       : SYS5(__NR_fsconfig, fs, FSCONFIG_SET_FLAG, key, 0, 0);
  if (r < 0) warn(r, "mount option", key);
}

/* mount(2), for options that are longer than fsconfig(2) takes: lists of layers. */
static void mount_layers(const char *destination, const char *flags, const char *options) {
  static const char prefix[] = "/proc/self/fd/";
  const long place = open_place(destination, 1);
  long r = place;
  if (place >= 0) {
    char path[sizeof prefix + 20], digits[20];
    size_t n = 0, at = sizeof prefix - 1;
    for (size_t i = 0; i < at; i++) path[i] = prefix[i];
    for (long rest = place; n == 0 || rest > 0; rest /= 10) digits[n++] = (char)('0' + rest % 10);
    while (n > 0) path[at++] = digits[--n];
    path[at] = '\0';
    const long harmless = MS_NOSUID | MS_NODEV | (*flags == 'r' ? MS_RDONLY : 0);
    r = SYS5(__NR_mount, "overlay", path, "overlay", harmless, options);
    SYS1(__NR_close, place);
  }
  if (r < 0) warn(r, "mount", destination);
}

/* `options`: comma between them. */
void mount_new(const char *destination, const char *type, const char *flags, const char *options) {
  if (same(type, "overlay")) {
    mount_layers(destination, flags, options);
    return;
  }
  const long fs = SYS2(__NR_fsopen, type, FSOPEN_CLOEXEC);
  if (fs < 0) {
    warn(fs, "make a file system", type);
    return;
  }
  SYS5(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "source", type, 0);
  for (const char *o = options; *o != '\0';) {
    size_t n = 0;
    while (o[n] != '\0' && o[n] != ',') n++;
    configure(fs, o, n);
    o += o[n] == ',' ? n + 1 : n;
  }
  long r = SYS5(__NR_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0);
  if (r >= 0)
    r = SYS3(__NR_fsmount, fs, FSMOUNT_CLOEXEC, kHarmless | (*flags == 'r' ? MOUNT_ATTR_RDONLY : 0));
  SYS1(__NR_close, fs);
  if (r < 0) {
    warn(r, "make a file system", type);
    return;
  }
  put_on(r, destination, 1);
  SYS1(__NR_close, r);
}

/* One mount read-only, not what is mounted in it. */
void seal(const char *path) {
  const long fd = open_inside(path, O_DIRECTORY);
  const long r = fd < 0 ? fd : set_attributes(fd, MOUNT_ATTR_RDONLY, 0);
  if (r < 0) warn(r, "make read-only", path);
  if (fd >= 0) SYS1(__NR_close, fd);
}

/* The container's root becomes that of the namespace; the host's tree is gone. */
void pivot(void) {
  long r = SYS1(__NR_fchdir, g_root);
  if (r >= 0) r = SYS2(__NR_pivot_root, ".", ".");
  if (r >= 0) r = SYS2(__NR_umount2, ".", 2 /* MNT_DETACH */);
  if (r >= 0) r = SYS1(__NR_chdir, "/");
  if (r < 0) fail(r, "change the root", "");
  SYS1(__NR_close, g_root);
}
