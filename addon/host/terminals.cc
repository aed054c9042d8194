// Terminals that the runtime makes for containers. pty(7), ioctl_tty(2), termios(3). Results below zero are negative errnos.
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "paths.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Result;

napi_value Fds(napi_env env, int master, int slave, const char *name) {
  napi_value result, text;
  napi_create_object(env, &result);
  napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, result, "master", MakeInt(env, master));
  napi_set_named_property(env, result, "slave", MakeInt(env, slave));
  napi_set_named_property(env, result, "name", text);
  return result;
}

// @param 0 owner of the slave, 1 group of the slave. { master, slave, name }
napi_value OpenPty(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return MakeInt(env, -errno);
  char name[64];
  int unlock = 0, slave = -1;
  if (ptsname_r(master, name, sizeof name) == 0 && ioctl(master, TIOCSPTLCK, &unlock) == 0)
    slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  int r = Result(slave);
  if (slave >= 0) r = Result(fchown(slave, Int(env, a[0]), Int(env, a[1])));
  // An owner that this user namespace does not know: the terminal stays ours.
  if (r == -EINVAL && slave >= 0) r = 0;
  if (r >= 0) return Fds(env, master, slave, name);
  close(master);
  if (slave >= 0) close(slave);
  return MakeInt(env, r);
}

// @param 0 terminal, 1 rows, 2 columns
napi_value SetWindowSize(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  winsize size{};
  size.ws_row = static_cast<unsigned short>(Int(env, a[1]));
  size.ws_col = static_cast<unsigned short>(Int(env, a[2]));
  return MakeInt(env, Result(ioctl(Int(env, a[0]), TIOCSWINSZ, &size)));
}

// rows * 65536 + columns
napi_value GetWindowSize(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  winsize size{};
  if (ioctl(Int(env, a[0]), TIOCGWINSZ, &size) < 0) return MakeInt(env, -errno);
  return MakeInt(env, int64_t{size.ws_row} * 65536 + size.ws_col);
}

}  // namespace

void RegisterHostTerminals(Napi::Env env, Napi::Object exports) {
  Method(env, exports, "openPty", OpenPty);
  Method(env, exports, "setWindowSize", SetWindowSize);
  Method(env, exports, "getWindowSize", GetWindowSize);
}
