/* SPDX-License-Identifier: Apache-2.0
 *
 * local_sweep.h - all that a tenant has on this host, from the records of it.
 */
#ifndef LOCAL_LOCAL_SWEEP_H
#define LOCAL_LOCAL_SWEEP_H

struct provider;
struct sweep;

/* The contract is that of start_sweep and cancel_sweep (provider.h). */
void local_sweep_start(struct provider *provider, struct sweep *sweep);
void local_sweep_cancel(struct provider *provider, struct sweep *sweep);

#endif
