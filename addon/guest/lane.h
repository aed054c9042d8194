/* Memory that the fast lane shares between the sentry and guests; mirrored by src/arch/lane-layout.ts.
 *
 * A *slot* is one connection: two rings of bytes, each written by one end and read by the other, straight out of and into
 * the programs' own buffers. An *arena* holds the slots of the connections between two processes and is mapped by these
 * two alone. A *table*, which only the sentry can write, says which descriptor is which end of which slot. A *log* takes
 * the epoll_ctl(2) calls of one process, which the sentry carries out before anything else that the process asks for. */
#pragma once

#include <stdint.h>

enum {
  /* Numbers that no kernel has. A call of the first asks for a descriptor of memory to map (TV_LANE_TABLE, TV_LANE_LOG or an
   * arena's index), one of the second tells that bytes have been written that somebody sleeps for, or (of no descriptor)
   * that there is something in the log. */
  TV_NR_LANE_MEMORY = 1001,
  TV_NR_LANE_KICK = 1002,

  TV_LANE_TABLE = -1,
  TV_LANE_LOG = -2,
  TV_LANE_FDS = 4096,
  TV_LANE_ARENAS = 32,
  TV_LANE_SLOTS = 64,
  TV_LANE_RING = 32768,
  TV_LANE_HEADER = 4096,
  TV_LANE_OPS = 512,
};

/* A descriptor in the table: TV_FD_OPEN, TV_FD_NONBLOCK, which end (TV_FD_SECOND), index of the arena and the slot. */
#define TV_FD_OPEN 0x80000000u
#define TV_FD_SECOND 0x40000000u
#define TV_FD_NONBLOCK 0x20000000u
#define TV_FD_ARENA(entry) (((entry) >> 8) & 0xff)
#define TV_FD_SLOT(entry) ((entry)&0xff)
/* Or an epoll instance, by its index: nobody else has a descriptor of it. */
#define TV_FD_EPOLL 0x10000000u
#define TV_FD_INDEX(entry) ((entry)&7)

struct tv_lane_table {
  /* Arenas that there are; those that are not mapped yet can be asked for. */
  uint32_t arenas;
  /* Entries of the log that have been carried out, all in all. */
  uint32_t log_head;
  /* Epoll instances that somebody sleeps on, by index. */
  uint32_t asleep;
  uint32_t reserved[13];
  uint32_t fds[TV_LANE_FDS];
  /* Which instances watch a descriptor, as of log_head. */
  uint8_t watched[TV_LANE_FDS];
};
#define TV_LANE_TABLE_SIZE 24576

struct tv_lane_op {
  uint32_t epoll, op, fd, events;
  uint64_t data;
};
struct tv_lane_log {
  /* Entries ever made. */
  uint32_t tail;
  uint32_t writing;
  uint32_t pad[14];
  struct tv_lane_op ops[TV_LANE_OPS];
};
#define TV_LANE_LOG_SIZE 16384

/* Positions are bytes since the beginning, modulo 2^31; the top bit says that the lane is closed to guests. */
#define TV_LANE_CLOSED 0x80000000u
#define TV_LANE_POSITION 0x7fffffffu

struct tv_ring {
  /* The writer's: where it writes next, and a lock among the threads that write. */
  uint32_t tail;
  uint32_t writing;
  /* Set by the sentry while somebody sleeps until bytes come. */
  uint32_t want_data;
  uint32_t pad0[13];
  /* The reader's. */
  uint32_t head;
  uint32_t pad1[15];
};

/* The first end writes ring 0, the second ring 1. Their bytes follow the header one after the other. */
struct tv_slot {
  struct tv_ring rings[2];
};
#define TV_LANE_SLOT_SIZE (TV_LANE_HEADER + 2 * TV_LANE_RING)
#define TV_LANE_ARENA_SIZE (TV_LANE_SLOTS * TV_LANE_SLOT_SIZE)
_Static_assert(sizeof(struct tv_lane_table) <= TV_LANE_TABLE_SIZE, "the table fits its mapping");
_Static_assert(sizeof(struct tv_lane_log) <= TV_LANE_LOG_SIZE, "the log fits its mapping");
_Static_assert(sizeof(struct tv_slot) <= TV_LANE_HEADER, "rings fit the header");

/* A process's own: not kept by a child (MADV_WIPEONFORK), which shares none of the mappings either. */
struct tv_lane_state {
  /* Set by the sentry: ask for the table. */
  uint32_t invited;
  /* Some thread is asking. */
  uint32_t asking;
  uint32_t arenas;
  uint32_t pad;
  struct tv_lane_table *table;
  struct tv_lane_log *log;
  uint8_t *arena[TV_LANE_ARENAS];
  /* What the last log entry about a descriptor has made of it: it counts until the sentry has come there. */
  struct {
    uint32_t entry;
    uint32_t watched;
  } pending[TV_LANE_FDS];
};

/* What the loader tells the sentry of itself with its first call: where all this is. */
struct tv_lane_places {
  uint64_t state, entry, copy, fault, sites;
  /* TV_SCRATCH_SIZE bytes of the loader's. */
  uint64_t scratch;
};

/* Room for the jumps of patched call sites. */
#define TV_LANE_SITES 96
#define TV_LANE_SITE_SIZE 32
