// covers: _sysctl create_module get_kernel_syms query_module nfsservctl getpmsg putpmsg afs_syscall tuxcall security lookup_dcookie epoll_ctl_old epoll_wait_old vserver uselib
// Calls that Linux never had on this machine, or has no more: ENOSYS for everybody.
#include "case.h"

int main(void) {
  struct {
    int number;
    const char *name;
  } all[] = {{156, "_sysctl"},        {174, "create_module"},  {177, "get_kernel_syms"},
             {178, "query_module"},   {180, "nfsservctl"},     {181, "getpmsg"},
             {182, "putpmsg"},        {183, "afs_syscall"},    {184, "tuxcall"},
             {185, "security"},       {212, "lookup_dcookie"}, {214, "epoll_ctl_old"},
             {215, "epoll_wait_old"}, {236, "vserver"},        {134, "uselib"}};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    char title[64];
    sprintf(title, "%s is no more", all[i].name);
    CHECK(all[i].name, title);
    for (int argument = 0; argument < 2; argument++) {
      long result = syscall(all[i].number, argument, argument, argument, argument, argument, argument);
      say("%ld %s", result, errno_name(errno));
    }
  }
  return 0;
}
