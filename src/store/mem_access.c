/* SPDX-License-Identifier: Apache-2.0
 * mem_access.c - a table of texts, and the number of its last change. */
#include "store/mem_access.h"

#include <stdlib.h>

#include "util/mem.h"

enum store_result
mem_access_get(const struct mem_ask *ask, struct store_op *op)
{
	struct lh_table   *table = ask->data->access;
	size_t             n = 0;
	struct store_item *items;
	struct lh_entry   *entry;

	op->seq_out = ask->data->access_seq;
	if (op->seq_out == op->seq)
		return STORE_OK;
	items = xcalloc((size_t)lh_table_length(table), sizeof(*items));
	lh_foreach(table, entry)
	{
		items[n].name = lh_entry_k(entry);
		items[n++].text = lh_entry_v(entry);
	}
	store_op_set_items(op, items, n);
	free(items);
	return STORE_OK;
}

enum store_result
mem_access_put(const struct mem_ask *ask, struct store_op *op)
{
	struct lh_table *table = ask->data->access;

	if (op->seq != ask->data->access_seq)
		return STORE_EXISTS;
	for (size_t i = 0; i < op->fields_n; i++) {
		const struct store_item *field = &op->fields[i];

		if (field->text != NULL)
			free(mem_table_put(table, field->name, xstrdup(field->text)));
		else
			lh_table_delete(table, field->name);
	}
	ask->data->access_seq++;
	return STORE_OK;
}
