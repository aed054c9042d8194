/* long tv_interruptible_syscall(const volatile int* flag, long nr, long a1, long a2, long a3, long a4)
 *
 * Makes a blocking call unless *flag is set. A signal handler that sets the flag while the instruction pointer is between
 * `begin` and `end` moves it to `cancel`: no wake-up is lost between the test and the call, and the call needs no signal
 * mask of its own (the technique of thread cancellation points). The fifth argument is always 8, ppoll's mask size. */
	.text
	.globl	tv_interruptible_syscall
	.type	tv_interruptible_syscall, @function
	.globl	tv_interruptible_begin
	.globl	tv_interruptible_end
	.globl	tv_interruptible_cancel
tv_interruptible_syscall:
	mov	%rsi, %rax
	mov	%rdi, %r11
	mov	%rdx, %rdi
	mov	%rcx, %rsi
	mov	%r8, %rdx
	mov	%r9, %r10
	mov	$8, %r8d
tv_interruptible_begin:
	cmpl	$0, (%r11)
	jne	tv_interruptible_cancel
	syscall
tv_interruptible_end:
	ret
tv_interruptible_cancel:
	mov	$-4, %rax
	ret
	.size	tv_interruptible_syscall, .-tv_interruptible_syscall
	.section .note.GNU-stack,"",@progbits
