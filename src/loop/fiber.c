/* SPDX-License-Identifier: Apache-2.0
 * fiber.c - stacks by mmap, with a page below that may not be touched. A stack is begun by the C library's contexts, and left for
 * another by _longjmp(): a context has its signals, too, which would be a system call each time.
 *
 * AddressSanitizer has to be told of each change of stacks (sanitizer/common_interface_defs.h). */
#undef _FORTIFY_SOURCE /* its longjmp() takes another stack for a mistake */
#include "loop/fiber.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "util/check.h"
#include "util/mem.h"

#define STACK_BYTES ((size_t)1 << 20) /* of address space; memory is taken as it is touched */

#ifdef __SANITIZE_ADDRESS__
#include <dlfcn.h>
#include <sanitizer/common_interface_defs.h>

/* AddressSanitizer's own would say on standard error that it may not be right, which what follows mends. */
static void
jump(jmp_buf to, int value)
{
	static void (*libc_s)(jmp_buf to, int value);

	if (libc_s == NULL)
		*(void **)&libc_s = dlsym(dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), "_longjmp");
	must(libc_s != NULL);
	libc_s(to, value);
}
#else
#define jump _longjmp

static void
__sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size)
{
	(void)fake;
	(void)bottom;
	(void)size;
}

static void
__sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size)
{
	(void)fake;
	(void)bottom;
	(void)size;
}
#endif

struct fiber {
	jmp_buf     inner, outer;
	void       *inner_fake, *outer_fake; /* AddressSanitizer's, while the other one runs */
	const void *outer_bottom;
	size_t      outer_size;
	char       *stack;
	bool        has_begun;
	void (*run)(void *arg);
	void *arg;
};

struct fiber *
fiber_create(void (*run)(void *arg), void *arg)
{
	struct fiber *fiber = xcalloc(1, sizeof(*fiber));
	size_t        page = (size_t)sysconf(_SC_PAGESIZE);

	fiber->run = run;
	fiber->arg = arg;
	fiber->stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	must(fiber->stack != MAP_FAILED);
	must(mprotect(fiber->stack, page, PROT_NONE) == 0);
	return fiber;
}

void
fiber_destroy(struct fiber *fiber)
{
	must(munmap(fiber->stack, STACK_BYTES) == 0);
	free(fiber);
}

static struct fiber *begins; /* makecontext() hands over nothing but ints */

static void
begin_here(void)
{
	struct fiber *fiber = begins;

	fiber->has_begun = true;
	__sanitizer_finish_switch_fiber(NULL, &fiber->outer_bottom, &fiber->outer_size);
	fiber->run(fiber->arg);
	must(!"a fiber does not end");
}

/* Its frame is left for good: had it anything on the stack, AddressSanitizer would keep a fence around that. */
static void
begin(struct fiber *fiber)
{
	static ucontext_t context;

	must(getcontext(&context) == 0);
	context.uc_stack.ss_sp = fiber->stack;
	context.uc_stack.ss_size = STACK_BYTES;
	makecontext(&context, begin_here, 0);
	begins = fiber;
	must(setcontext(&context) == 0);
}

void
fiber_enter(struct fiber *fiber)
{
	__sanitizer_start_switch_fiber(&fiber->outer_fake, fiber->stack, STACK_BYTES);
	if (_setjmp(fiber->outer) == 0) {
		if (fiber->has_begun)
			jump(fiber->inner, 1);
		begin(fiber);
	}
	__sanitizer_finish_switch_fiber(fiber->outer_fake, NULL, NULL);
}

void
fiber_leave(struct fiber *fiber)
{
	__sanitizer_start_switch_fiber(&fiber->inner_fake, fiber->outer_bottom, fiber->outer_size);
	if (_setjmp(fiber->inner) == 0)
		jump(fiber->outer, 1);
	__sanitizer_finish_switch_fiber(
	    fiber->inner_fake, &fiber->outer_bottom, &fiber->outer_size);
}
