/* The fast lane's code inside the guest: reads and writes of connections whose bytes lie in memory that both processes
 * share. Whatever is not simple goes to the sentry by the system call itself. It trusts nothing in shared memory: a peer that
 * writes nonsense there gets or sends nonsense, and reaches no other memory.
 *
 * It may be interrupted anywhere by a signal whose handler comes here again, or never comes back. */
#include <stddef.h>

#include "call.h"
#include "lane.h"

enum {
  NR_READ = 0,
  NR_WRITE = 1,
  NR_MMAP = 9,
  NR_READV = 19,
  NR_WRITEV = 20,
  NR_MADVISE = 28,
  NR_SENDTO = 44,
  NR_RECVFROM = 45,
  NR_EPOLL_CTL = 233
};
enum {
  PROT_READ = 1,
  PROT_WRITE = 2,
  MAP_SHARED = 1,
  MADV_DONTFORK = 10,
  MADV_DONTDUMP = 16,
  MADV_WIPEONFORK = 18
};
enum { MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000 };
enum { EAGAIN = 11 };
enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };
/* EPOLLIN, PRI, OUT, ERR, HUP, RDHUP, ONESHOT and ET. */
#define EPOLL_USUAL 0xc000201fu

/* Parts of a vector at most, and bytes of one. */
enum { VECTOR_MAX = 8, LONGEST = 0x7ffff000 };

/* tv_lane_call's answer for: make the call. No call returns it. */
#define FALLBACK (-4096L)

__attribute__((aligned(4096))) static union {
  struct tv_lane_state lane;
  uint8_t pages[(sizeof(struct tv_lane_state) + 4095) / 4096 * 4096];
} own;

extern const char tv_lane_entry[], tv_lane_copy_insn[], tv_lane_copy_fault[], tv_lane_sites[];
int tv_lane_copy(void *to, const void *from, size_t length);

void tv_lane_places(struct tv_lane_places *places) {
  places->state = (uint64_t)&own;
  places->entry = (uint64_t)tv_lane_entry;
  places->copy = (uint64_t)tv_lane_copy_insn;
  places->fault = (uint64_t)tv_lane_copy_fault;
  places->sites = (uint64_t)tv_lane_sites;
}

/* Maps the table, or an arena. Returns 0 if that cannot be. */
static void *map(long which, size_t size, int prot) {
  long fd = call6(TV_NR_LANE_MEMORY, which, 0, 0, 0, 0, 0);
  if (fd < 0) return 0;
  long at = call6(NR_MMAP, 0, (long)size, prot, MAP_SHARED, fd, 0);
  if (at < 0 && at >= -4095) return 0;
  call6(NR_MADVISE, at, (long)size, MADV_DONTFORK, 0, 0, 0);
  call6(NR_MADVISE, at, (long)size, MADV_DONTDUMP, 0, 0, 0);
  return (void *)at;
}

/* Gets what the sentry has for this process and is not mapped yet. */
static void prepare(struct tv_lane_state *s) {
  if (__atomic_exchange_n(&s->asking, 1, __ATOMIC_ACQUIRE) != 0) return;
  struct tv_lane_table *table = s->table;
  if (table == 0) {
    call6(NR_MADVISE, (long)&own, sizeof own, MADV_WIPEONFORK, 0, 0, 0);
    table = map(TV_LANE_TABLE, TV_LANE_TABLE_SIZE, PROT_READ);
    /* Without it there is no second attempt: `asking` stays. */
    if (table == 0) return;
    s->log = map(TV_LANE_LOG, TV_LANE_LOG_SIZE, PROT_READ | PROT_WRITE);
    if (s->log == 0) return;
    __atomic_store_n(&s->table, table, __ATOMIC_RELEASE);
  }
  while (s->arenas < TV_LANE_ARENAS && s->arenas < __atomic_load_n(&table->arenas, __ATOMIC_ACQUIRE)) {
    void *arena = map(s->arenas, TV_LANE_ARENA_SIZE, PROT_READ | PROT_WRITE);
    if (arena == 0) return;
    s->arena[s->arenas] = arena;
    __atomic_store_n(&s->arenas, s->arenas + 1, __ATOMIC_RELEASE);
  }
  __atomic_store_n(&s->asking, 0, __ATOMIC_RELEASE);
}

/* Copies between a program's buffer and a ring, whose bytes may go round its end. */
static int from_ring(uint8_t *to, const uint8_t *ring, uint32_t at, size_t length) {
  size_t first = TV_LANE_RING - at;
  if (first >= length) return tv_lane_copy(to, ring + at, length);
  return tv_lane_copy(to, ring + at, first) || tv_lane_copy(to + first, ring, length - first);
}

static int to_ring(uint8_t *ring, uint32_t at, const uint8_t *from, size_t length) {
  size_t first = TV_LANE_RING - at;
  if (first >= length) return tv_lane_copy(ring + at, from, length);
  return tv_lane_copy(ring + at, from, first) || tv_lane_copy(ring, from + first, length - first);
}

/* Where a call's bytes go or come from. */
struct vector {
  size_t count, length;
  struct {
    uint8_t *base;
    size_t length;
  } parts[VECTOR_MAX];
};

/* The vector of readv(2) and writev(2), read once. Returns 0, or 1 if the call is not for the lane. */
static int read_vector(struct vector *v, const void *from, size_t count) {
  if (count == 0 || count > VECTOR_MAX || tv_lane_copy(v->parts, from, count * sizeof v->parts[0]) != 0)
    return 1;
  v->count = count;
  v->length = 0;
  for (size_t i = 0; i < count; i++) {
    if (v->parts[i].length > LONGEST) return 1;
    v->length += v->parts[i].length;
  }
  return v->length == 0;
}

/* A descriptor's place in the table, and what was read there. */
struct descriptor {
  const uint32_t *at;
  uint32_t entry;
};

/* Whether it is still the same end of the same lane. A thread may be held up at any time, and the slot go to another connection
 * meanwhile. Asked after positions were read: from then on another lane's are different ones, and the swap fails. */
static int still(const struct descriptor *d) {
  return __atomic_load_n(d->at, __ATOMIC_ACQUIRE) == d->entry;
}

static long take(const struct descriptor *d, struct tv_ring *ring, const uint8_t *bytes,
                 const struct vector *to, int dont_wait) {
  uint32_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
  uint32_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
  if ((head & TV_LANE_CLOSED) || !still(d)) return FALLBACK;
  uint32_t there = (tail - head) & TV_LANE_POSITION;
  if (there == 0) return dont_wait && !(tail & TV_LANE_CLOSED) ? -EAGAIN : FALLBACK;
  if (there > TV_LANE_RING) return FALLBACK;
  uint32_t position = head;
  for (size_t i = 0; i < to->count && there > 0; i++) {
    uint32_t n = there < to->parts[i].length ? there : (uint32_t)to->parts[i].length;
    if (from_ring(to->parts[i].base, bytes, position & (TV_LANE_RING - 1), n) != 0) return FALLBACK;
    position += n;
    there -= n;
  }
  if (!__atomic_compare_exchange_n(&ring->head, &head, position & TV_LANE_POSITION, 0, __ATOMIC_SEQ_CST,
                                   __ATOMIC_RELAXED))
    return FALLBACK;
  return (long)(position - head);
}

static long put(const struct descriptor *d, struct tv_ring *ring, uint8_t *bytes, const struct vector *from,
                long fd) {
  if (from->length > TV_LANE_RING) return FALLBACK;
  if (__atomic_exchange_n(&ring->writing, 1, __ATOMIC_ACQUIRE) != 0) return FALLBACK;
  uint32_t tail = __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
  uint32_t head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
  uint32_t used = (tail - head) & TV_LANE_POSITION;
  int ok = !((tail | head) & TV_LANE_CLOSED) && used <= TV_LANE_RING && from->length <= TV_LANE_RING - used &&
           still(d);
  uint32_t position = tail;
  for (size_t i = 0; ok && i < from->count; i++) {
    ok = to_ring(bytes, position & (TV_LANE_RING - 1), from->parts[i].base, from->parts[i].length) == 0;
    position += (uint32_t)from->parts[i].length;
  }
  ok = ok && __atomic_compare_exchange_n(&ring->tail, &tail, position & TV_LANE_POSITION, 0, __ATOMIC_SEQ_CST,
                                         __ATOMIC_RELAXED);
  __atomic_store_n(&ring->writing, 0, __ATOMIC_RELEASE);
  if (!ok) return FALLBACK;
  if (__atomic_load_n(&ring->want_data, __ATOMIC_SEQ_CST) != 0) call6(TV_NR_LANE_KICK, fd, 0, 0, 0, 0, 0);
  return (long)from->length;
}

/* epoll_ctl(2) of a connection in the lane, to be carried out when the process next asks the sentry for anything. What the
 * call returns is known now: whether the descriptor is watched, the table and what is pending tell. */
static long control(struct tv_lane_state *s, const struct tv_lane_table *table, uint32_t epoll, uint32_t op,
                    uint32_t fd, const void *event) {
  if (fd >= TV_LANE_FDS || epoll >= TV_LANE_FDS || op < EPOLL_CTL_ADD || op > EPOLL_CTL_MOD) return FALLBACK;
  uint32_t instance = __atomic_load_n(&table->fds[epoll], __ATOMIC_ACQUIRE);
  if (!(instance & TV_FD_EPOLL) || !(__atomic_load_n(&table->fds[fd], __ATOMIC_ACQUIRE) & TV_FD_OPEN))
    return FALLBACK;
  uint32_t bit = 1u << TV_FD_INDEX(instance);
  if (__atomic_load_n(&table->asleep, __ATOMIC_ACQUIRE) & bit) return FALLBACK;
  struct tv_lane_log *log = s->log;
  if (__atomic_exchange_n(&log->writing, 1, __ATOMIC_ACQUIRE) != 0) return FALLBACK;
  long result = FALLBACK;
  uint32_t tail = log->tail, head = __atomic_load_n(&table->log_head, __ATOMIC_ACQUIRE);
  uint32_t watched = (int32_t)(s->pending[fd].entry - head) > 0
                         ? s->pending[fd].watched
                         : __atomic_load_n(&table->watched[fd], __ATOMIC_ACQUIRE);
  struct tv_lane_op *entry = &log->ops[tail % TV_LANE_OPS];
  struct {
    uint32_t events;
    uint32_t data[2];
  } wanted = {0, {0, 0}};
  if (tail - head < TV_LANE_OPS && (op == EPOLL_CTL_ADD) == !(watched & bit) &&
      (op == EPOLL_CTL_DEL || tv_lane_copy(&wanted, event, sizeof wanted) == 0) &&
      !(wanted.events & ~EPOLL_USUAL)) {
    entry->epoll = epoll;
    entry->op = op;
    entry->fd = fd;
    entry->events = wanted.events;
    entry->data = wanted.data[0] | (uint64_t)wanted.data[1] << 32;
    s->pending[fd].watched = op == EPOLL_CTL_DEL ? watched & ~bit : watched | bit;
    s->pending[fd].entry = tail + 1;
    __atomic_store_n(&log->tail, tail + 1, __ATOMIC_SEQ_CST);
    result = 0;
  }
  __atomic_store_n(&log->writing, 0, __ATOMIC_SEQ_CST);
  // Somebody may have gone to sleep since: the entry must not wait until he wakes up.
  if (result == 0 && (__atomic_load_n(&table->asleep, __ATOMIC_SEQ_CST) & bit))
    call6(TV_NR_LANE_KICK, -1, 0, 0, 0, 0, 0);
  return result;
}

/* A call from a patched site: its number and first five arguments. */
__attribute__((used)) long tv_lane_call(long nr, long fd, uint8_t *buf, size_t length, long flags,
                                        long address) {
  struct tv_lane_state *s = &own.lane;
  const struct tv_lane_table *table = __atomic_load_n(&s->table, __ATOMIC_ACQUIRE);
  if (table == 0) {
    if (s->invited && !s->asking) prepare(s);
    return FALLBACK;
  }
  if (s->arenas != table->arenas && !s->asking) prepare(s);
  if (nr == NR_EPOLL_CTL)
    return control(s, table, (uint32_t)fd, (uint32_t)(uint64_t)buf, (uint32_t)length, (const void *)flags);
  uint32_t number = (uint32_t)fd;
  if (number >= TV_LANE_FDS || length == 0 || length > LONGEST) return FALLBACK;
  uint32_t entry = __atomic_load_n(&table->fds[number], __ATOMIC_ACQUIRE);
  const struct descriptor d = {&table->fds[number], entry};
  uint32_t arena = TV_FD_ARENA(entry), slot = TV_FD_SLOT(entry);
  if (!(entry & TV_FD_OPEN) || arena >= __atomic_load_n(&s->arenas, __ATOMIC_ACQUIRE) ||
      slot >= TV_LANE_SLOTS)
    return FALLBACK;
  int dont_wait = (entry & TV_FD_NONBLOCK) != 0;
  if (nr == NR_SENDTO || nr == NR_RECVFROM) {
    if ((flags & ~(long)(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0 || address != 0) return FALLBACK;
    if (flags & MSG_DONTWAIT) dont_wait = 1;
  }
  struct vector v;
  if (nr == NR_READV || nr == NR_WRITEV) {
    if (read_vector(&v, buf, length) != 0) return FALLBACK;
  } else {
    v.count = 1;
    v.length = v.parts[0].length = length;
    v.parts[0].base = buf;
  }
  uint8_t *base = s->arena[arena] + (size_t)slot * TV_LANE_SLOT_SIZE;
  struct tv_slot *header = (struct tv_slot *)base;
  uint8_t *bytes = base + TV_LANE_HEADER;
  uint32_t mine = (entry & TV_FD_SECOND) != 0, theirs = !mine;
  if (nr == NR_READ || nr == NR_RECVFROM || nr == NR_READV)
    return take(&d, &header->rings[theirs], bytes + (size_t)theirs * TV_LANE_RING, &v, dont_wait);
  if (nr == NR_WRITE || nr == NR_SENDTO || nr == NR_WRITEV)
    return put(&d, &header->rings[mine], bytes + (size_t)mine * TV_LANE_RING, &v, number);
  return FALLBACK;
}
