// One process reads and writes another's memory.
#include "case.h"

static char text[32] = "parent";
int main(void) {
  struct gate go = new_gate();
  pid_t child = CHILD({
    await(go);
    say("child has %s", text);
  });
  CHECK("process_vm_readv", "process_vm_readv: a child's memory");
  strcpy(text, "mine");
  char buffer[32] = {0};
  struct iovec local = {buffer, 6}, remote = {text, 6};
  R(process_vm_readv(child, &local, 1, &remote, 1, 0));
  say("%s", buffer);
  CHECK("process_vm_writev", "process_vm_writev: a child's memory");
  local = (struct iovec){"poked", 6};
  R(process_vm_writev(child, &local, 1, &remote, 1, 0));
  CHECK("process_vm_readv", "addresses, processes and flags");
  remote.iov_base = (void *)8;
  R(process_vm_readv(child, &local, 1, &remote, 1, 0));
  R(process_vm_readv(1 << 29, &local, 1, &remote, 1, 0));
  R(process_vm_readv(child, &local, 1, &remote, 1, 1));
  CHECK("process_vm_writev", "the child sees it");
  tell(go);
  reap("child", child);
  return 0;
}
