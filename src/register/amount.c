/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on amounts and times, and lists in VAR fields: all total, no floats. */
#include "register/machine.h"

bool
amount_add(uint64_t *to, uint64_t amount)
{
	if (amount > UINT64_MAX - *to) {
		return false;
	}
	*to += amount;
	return true;
}

bool
amount_take(uint64_t *from, uint64_t amount)
{
	if (amount > *from) {
		return false;
	}
	*from -= amount;
	return true;
}

uint64_t
mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	__extension__ typedef unsigned __int128 wide;
	const wide quotient = (wide)a * b / c;

	return quotient > UINT64_MAX ? UINT64_MAX : (uint64_t)quotient;
}

uint64_t
time_add(uint64_t a, uint64_t b)
{
	return b > NO_TIME - a ? NO_TIME : a + b;
}

bool
list_next(struct assay_bytes *list, struct assay_bytes *item)
{
	if (list->len == 0 || list->data[0] > list->len - 1) {
		return false;
	}
	const size_t len = list->data[0];

	*item = bytes_slice(*list, 1, len);
	*list = bytes_slice(*list, 1 + len, list->len - 1 - len);
	return true;
}

bool
list_has(struct assay_bytes list, struct assay_bytes item)
{
	struct assay_bytes one;

	while (list_next(&list, &one)) {
		if (bytes_equal(one, item)) {
			return true;
		}
	}
	return false;
}

bool
list_is_well_formed(struct assay_bytes list, size_t item_bytes_max)
{
	struct assay_bytes one;

	while (list_next(&list, &one)) {
		if (one.len == 0 || one.len > item_bytes_max) {
			return false;
		}
	}
	return list.len == 0;
}
