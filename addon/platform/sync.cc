// fsync(2) and fdatasync(2) on threads of their own: a disk may take its time, and the sentry has other guests to serve.
#include <fcntl.h>
#include <napi.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

#include "ctl.h"

namespace tvisor {
namespace {

struct Job {
  int fd;    // a duplicate, which the thread closes
  int done;  // an eventfd, which gets 1 - result
  bool data_only;
};

struct Pool {
  std::mutex lock;
  std::condition_variable work;
  std::deque<Job> jobs;
  size_t idle = 0;
  size_t threads = 0;
};

constexpr size_t kMaxThreads = 4;

// Never destroyed: threads may still wait for work when the process ends.
Pool &ThePool() {
  static auto &pool = *new Pool;
  return pool;
}

void Run(const Job &job) {
  int r;
  do {
    r = job.data_only ? fdatasync(job.fd) : fsync(job.fd);
  } while (r < 0 && errno == EINTR);
  const uint64_t answer = r < 0 ? 1 + static_cast<uint64_t>(errno) : 1;
  close(job.fd);
  // The sentry reads it before it closes it, and reads nothing else first: there is room.
  (void)!write(job.done, &answer, sizeof answer);
}

void *Work(void *) {
  Pool &pool = ThePool();
  std::unique_lock lock(pool.lock);
  for (;;) {
    pool.idle++;
    pool.work.wait(lock, [&] { return !pool.jobs.empty(); });
    pool.idle--;
    const Job job = pool.jobs.front();
    pool.jobs.pop_front();
    lock.unlock();
    Run(job);
    lock.lock();
  }
  return nullptr;
}

// All signals are the first thread's. @returns false if there is no thread and none can be made
bool EnsureThread(Pool &pool) {
  if (pool.idle > pool.jobs.size() || pool.threads == kMaxThreads) return true;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const bool made = pthread_create(&thread, nullptr, Work, nullptr) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (made) {
    pthread_detach(thread);
    pool.threads++;
  }
  return pool.threads > 0;
}

// @returns a descriptor that becomes readable when it is done, for syncResult; or -errno
napi_value SyncStart(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  bool data_only = false;
  napi_get_value_bool(env, a[1], &data_only);
  const int done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (done < 0) return MakeInt(env, -errno);
  const int fd = fcntl(Int(env, a[0]), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) {
    const int err = errno;
    close(done);
    return MakeInt(env, -err);
  }
  Pool &pool = ThePool();
  {
    std::lock_guard lock(pool.lock);
    if (!EnsureThread(pool)) {
      close(fd);
      close(done);
      return MakeInt(env, -EAGAIN);
    }
    pool.jobs.push_back({fd, done, data_only});
  }
  pool.work.notify_one();
  return MakeInt(env, done);
}

// @returns what fsync(2) did, 0 or -errno; the descriptor is closed
napi_value SyncResult(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const int done = Int(env, a[0]);
  uint64_t answer = 0;
  const ssize_t n = read(done, &answer, sizeof answer);
  close(done);
  return MakeInt(env, n == sizeof answer ? 1 - static_cast<int64_t>(answer) : -EIO);
}

}  // namespace

void RegisterSync(napi_env env, napi_value exports) {
  Method(env, exports, "syncStart", SyncStart);
  Method(env, exports, "syncResult", SyncResult);
}

}  // namespace tvisor
