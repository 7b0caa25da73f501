/* SPDX-License-Identifier: Apache-2.0
 *
 * index.h - the make-believe cloud's index of tags: what there is of a deployment in a region. It lags, both ways.
 */
#ifndef SIM_INDEX_H
#define SIM_INDEX_H

#include "provider/provider.h"

struct cloud;

void index_start_sweep(struct provider *provider, struct sweep *sweep);
void index_cancel_sweep(struct provider *provider, struct sweep *sweep);
void index_destroy(struct cloud *cloud); /* drops what is under way */

#endif
