/* Where a patched call site lands: rax is the call's number, rcx the address behind its syscall instruction (as the
 * instruction itself would leave it), everything else as the program has it. All registers but these two and the flags'
 * copy in r11 are given back; the stack below the red zone is borrowed. */
  .text
  .globl tv_lane_entry
  .hidden tv_lane_entry
tv_lane_entry:
  lea -128(%rsp), %rsp
  pushfq
  push %rax
  push %rcx
  push %rdi
  push %rsi
  push %rdx
  push %r8
  push %r9
  push %r10
  cld
  mov %r8, %r9
  mov %r10, %r8
  mov %rdx, %rcx
  mov %rsi, %rdx
  mov %rdi, %rsi
  mov %rax, %rdi
  call tv_lane_call
  pop %r10
  pop %r9
  pop %r8
  pop %rdx
  pop %rsi
  pop %rdi
  pop %rcx
  cmp $-4096, %rax
  je 1f
  lea 8(%rsp), %rsp
  popfq
  lea 128(%rsp), %rsp
  jmp *%rcx
1:
  /* Not for the lane: the instruction itself, where it always was. */
  pop %rax
  popfq
  lea 128(%rsp), %rsp
  lea -2(%rcx), %rcx
  jmp *%rcx

/* int tv_lane_copy(void *to, const void *from, size_t length): 0, or 1 if the program's own buffer is not there. The sentry
 * knows the addresses of the copy and of what follows a fault in it (src/platform/tracer.ts). */
  .globl tv_lane_copy, tv_lane_copy_insn, tv_lane_copy_fault
  .hidden tv_lane_copy, tv_lane_copy_insn, tv_lane_copy_fault
tv_lane_copy:
  mov %rdx, %rcx
tv_lane_copy_insn:
  rep movsb
  xor %eax, %eax
  ret
tv_lane_copy_fault:
  mov $1, %eax
  ret

/* Filled in by the sentry. */
  .balign 64
  .globl tv_lane_sites
  .hidden tv_lane_sites
tv_lane_sites:
  .skip 96 * 32, 0xcc

  .section .note.GNU-stack, "", @progbits
