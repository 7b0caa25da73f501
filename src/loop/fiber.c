/* SPDX-License-Identifier: Apache-2.0
 * fiber.c - stacks by mmap, with a page below that may not be touched, and the C library's contexts.
 *
 * AddressSanitizer has to be told of each change of stacks (sanitizer/common_interface_defs.h). */
#include "loop/fiber.h"

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

typedef int swap_fn(ucontext_t *from, const ucontext_t *to);

/* AddressSanitizer's own would say on standard error that it may not be right, which what follows mends. */
static int
swap(ucontext_t *from, const ucontext_t *to)
{
	static swap_fn *libc_s;

	if (libc_s == NULL)
		*(void **)&libc_s =
		    dlsym(dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), "swapcontext");
	must(libc_s != NULL);
	return libc_s(from, to);
}
#else
#define swap swapcontext

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
	ucontext_t  inner, outer;
	void       *inner_fake, *outer_fake; /* AddressSanitizer's, while the other one runs */
	const void *outer_bottom;
	size_t      outer_size;
	char       *stack;
	void (*run)(void *arg);
	void *arg;
};

static struct fiber *first_entered; /* makecontext() hands over nothing but ints */

static void
begin(void)
{
	struct fiber *fiber = first_entered;

	__sanitizer_finish_switch_fiber(NULL, &fiber->outer_bottom, &fiber->outer_size);
	fiber->run(fiber->arg);
	must(!"a fiber does not end");
}

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
	must(getcontext(&fiber->inner) == 0);
	fiber->inner.uc_stack.ss_sp = fiber->stack;
	fiber->inner.uc_stack.ss_size = STACK_BYTES;
	makecontext(&fiber->inner, begin, 0);
	return fiber;
}

void
fiber_destroy(struct fiber *fiber)
{
	must(munmap(fiber->stack, STACK_BYTES) == 0);
	free(fiber);
}

void
fiber_enter(struct fiber *fiber)
{
	first_entered = fiber;
	__sanitizer_start_switch_fiber(&fiber->outer_fake, fiber->stack, STACK_BYTES);
	must(swap(&fiber->outer, &fiber->inner) == 0);
	__sanitizer_finish_switch_fiber(fiber->outer_fake, NULL, NULL);
}

void
fiber_leave(struct fiber *fiber)
{
	__sanitizer_start_switch_fiber(&fiber->inner_fake, fiber->outer_bottom, fiber->outer_size);
	must(swap(&fiber->inner, &fiber->outer) == 0);
	__sanitizer_finish_switch_fiber(
	    fiber->inner_fake, &fiber->outer_bottom, &fiber->outer_size);
}
