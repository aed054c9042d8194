// Paths of the operator's, as the host understands them: UTF-8, from the root or the working directory, links followed.
#pragma once

#include "paths.h"

namespace tvisor {

struct HostPath {
  char text[PATH_MAX];
  int error = 0;

  HostPath(napi_env env, napi_value v) {
    size_t len = 0;
    if (napi_get_value_string_utf8(env, v, text, sizeof text, &len) != napi_ok) {
      text[0] = '\0';
      error = -EINVAL;
    } else if (len >= sizeof text - 1) {
      error = -ENAMETOOLONG;
    } else if (memchr(text, '\0', len) != nullptr) {
      error = -ENOENT;
    }
  }
};

}  // namespace tvisor
