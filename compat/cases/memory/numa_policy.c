// Memory policies: the default one, and what is refused.
#include "case.h"

int main(void) {
  char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int mode = 77, status = 99;
  unsigned long nodes[16] = {0};
  CHECK("get_mempolicy", "the default");
  R(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0));
  R(mode);
  R(syscall(SYS_get_mempolicy, &mode, NULL, 0, map, 0));
  R(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 64));
  CHECK("set_mempolicy(MPOL_DEFAULT|MPOL_BIND)", "modes and nodes");
  R(syscall(SYS_set_mempolicy, 0, NULL, 0));
  R(syscall(SYS_set_mempolicy, 99, NULL, 0));
  R(syscall(SYS_set_mempolicy, 2, nodes, 64));
  nodes[0] = 1;
  R(syscall(SYS_set_mempolicy, 2, nodes, 64));
  R(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0));
  R(mode);
  R(syscall(SYS_set_mempolicy, 0, NULL, 0));
  CHECK("mbind(MPOL_DEFAULT|MPOL_BIND)", "ranges and modes");
  R(syscall(SYS_mbind, map, 8192, 0, NULL, 0, 0));
  R(syscall(SYS_mbind, map, 8192, 2, nodes, 64, 0));
  R(syscall(SYS_mbind, map + 1, 8192, 0, NULL, 0, 0));
  R(syscall(SYS_mbind, map, 8192, 99, NULL, 0, 0));
  CHECK("move_pages", "where a page is");
  *map = 1;
  void *pages[] = {map};
  R(syscall(SYS_move_pages, 0, 1, pages, NULL, &status, 0));
  R(status);
  R(syscall(SYS_move_pages, 0, 1, pages, NULL, &status, 99));
  R(syscall(SYS_move_pages, 1 << 29, 1, pages, NULL, &status, 0));
  CHECK("migrate_pages", "from a node to itself");
  R(syscall(SYS_migrate_pages, 0, 64, nodes, nodes));
  R(syscall(SYS_migrate_pages, 1 << 29, 64, nodes, nodes));
  CHECK("set_mempolicy_home_node", "flags");
  R(syscall(450, map, 8192, 0, 1));
  return 0;
}
