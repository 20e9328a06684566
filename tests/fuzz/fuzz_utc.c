/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a date: what is accepted is written again as it was. */
#include <stdlib.h>

#include "format/der.h"
#include "format/utc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool true_always)
{
	if (!true_always) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct assay_bytes text = bytes_of(data, size);
	char out[UTC_TEXT_BYTES];
	int64_t seconds;
	int64_t again;

	if (utc_parse(&seconds, text)) {
		utc_format(out, seconds);
		demand(bytes_equal_text(text, out));
		/* Without the zone it is a date of a report. */
		demand(utc_parse_ias(&again, bytes_of(data, size - 1)) && again == seconds);
	} else {
		demand(seconds == 0);
	}
	if (utc_parse_ias(&seconds, text)) {
		utc_format(out, seconds);
		demand(memcmp(out, data, 19) == 0);
	}
	if (utc_parse_der(&seconds, DER_GENERALIZED_TIME, text)) {
		demand(size == 15);
		utc_format(out, seconds);
		demand(memcmp(out, data, 4) == 0 && memcmp(out + 5, data + 4, 2) == 0);
	}
	if (utc_parse_der(&seconds, DER_UTC_TIME, text)) {
		demand(size == 13);
		utc_format(out, seconds);
		demand(memcmp(out + 2, data, 2) == 0 && memcmp(out + 17, data + 10, 2) == 0);
		demand(seconds < INT64_C(2524608000));
	}
	return 0;
}
