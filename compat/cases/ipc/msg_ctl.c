// What msgctl tells and changes.
#include "case.h"

#include <sys/msg.h>
struct message {
  long type;
  char text[64];
};
static void show(int id) {
  struct msqid_ds ds;
  R(msgctl(id, IPC_STAT, &ds));
  time_t now = time(NULL);
  say("mode %o uid %d %d gid %d %d: %lu messages, %lu bytes of %lu; pids %d %d, times %d %d %d",
      ds.msg_perm.mode, ds.msg_perm.uid, ds.msg_perm.cuid, ds.msg_perm.gid, ds.msg_perm.cgid,
      (unsigned long)ds.msg_qnum, (unsigned long)ds.__msg_cbytes, (unsigned long)ds.msg_qbytes,
      ds.msg_lspid == getpid(), ds.msg_lrpid == getpid(), now - ds.msg_stime < 10, now - ds.msg_rtime < 10,
      now - ds.msg_ctime < 10);
}
int main(void) {
  int id = NEED(msgget(0x7eed0011, IPC_CREAT | 0640));
  struct message message = {1, "hello"};
  struct msqid_ds ds;
  CHECK("msgctl(IPC_STAT)", "new, filled and emptied");
  show(id);
  NEED(msgsnd(id, &message, 5, 0));
  NEED(msgsnd(id, &message, 64, 0));
  show(id);
  NEED(msgrcv(id, &message, 64, 0, 0));
  show(id);
  NEED(msgctl(id, IPC_STAT, &ds));
  T(ds.msg_perm.__key == 0x7eed0011);
  CHECK("msgctl(IPC_SET)", "owner, permissions and room");
  ds.msg_perm.uid = 1234;
  ds.msg_perm.gid = 4321;
  ds.msg_perm.mode = 07604;
  ds.msg_qbytes = 100;
  R(msgctl(id, IPC_SET, &ds));
  show(id);
  R(msgsnd(id, &message, 37, IPC_NOWAIT));
  R(msgsnd(id, &message, 36, IPC_NOWAIT));
  ds.msg_qbytes = 16384;
  R(msgctl(id, IPC_SET, &ds));
  show(id);
  reap("new owner", CHILD({
         NEED(setuid(1234));
         ds.msg_qbytes = 16385;
         R(msgctl(id, IPC_SET, &ds));
         ds.msg_qbytes = 16384;
         R(msgctl(id, IPC_SET, &ds));
       }));
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(99));
         NEED(setuid(99));
         R(msgctl(id, IPC_STAT, &ds));
         R(msgctl(id, IPC_SET, &ds));
         R(msgctl(id, IPC_RMID, NULL));
         R(msgsnd(id, &message, 1, IPC_NOWAIT));
       }));
  CHECK("msgctl(IPC_INFO|MSG_INFO)", "limits and use");
  struct msginfo info;
  memset(&info, 0, sizeof info);
  T(msgctl(0, IPC_INFO, (struct msqid_ds *)&info) >= 0);
  say("%d %d %d %d %d %d %d %d", info.msgpool, info.msgmap, info.msgmax, info.msgmnb, info.msgmni,
      info.msgssz, info.msgtql, info.msgseg);
  T(msgctl(0, MSG_INFO, (struct msqid_ds *)&info) >= 0);
  /* Others may have queues of their own. */
  T(info.msgpool >= 1 && info.msgmap >= 0 && info.msgtql >= 0);
  CHECK("msgctl(MSG_STAT|MSG_STAT_ANY)", "by index");
  T(msgctl(id & 0x7fff, MSG_STAT, &ds) == id);
  T(msgctl(id & 0x7fff, 13, &ds) == id);
  R(msgctl(12345, MSG_STAT, &ds));
  CHECK("msgctl", "unknown commands");
  R(msgctl(id, 999, &ds));
  R(msgctl(id, -1, &ds));
  R(msgctl(-1, IPC_STAT, &ds));
  R(msgctl(id + 32768, IPC_STAT, &ds));
  BAD_POINTERS("msgctl(IPC_STAT)", 5, msgctl(id, IPC_STAT, bad));
  BAD_POINTERS("msgctl(IPC_SET)", 4, msgctl(id, IPC_SET, bad));
  BAD_POINTERS("msgctl(IPC_INFO)", 5, msgctl(id, IPC_INFO, bad));
  R(msgctl(id, IPC_RMID, NULL));
  return 0;
}
