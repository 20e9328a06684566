/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow.  Without memory: abort. */
#ifndef SIM_BUFFER_H
#define SIM_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay.h"

struct sim_buffer {
	uint8_t *data;
	size_t len;
	size_t size;
};

void *sim_must(void *p);	/* p, or abort where it is NULL */

void sim_buffer_free(struct sim_buffer *buffer);
void sim_buffer_clear(struct sim_buffer *buffer);	/* keeps the memory */
uint8_t *sim_buffer_extend(struct sim_buffer *buffer, size_t len);	/* uninitialised */
void sim_put(struct sim_buffer *buffer, const void *data, size_t len);
void sim_put_copy(struct sim_buffer *buffer, const struct sim_buffer *from);
void sim_put_byte(struct sim_buffer *buffer, uint8_t byte);
void sim_put_le16(struct sim_buffer *buffer, unsigned value);
void sim_put_le32(struct sim_buffer *buffer, uint32_t value);
void sim_put_text(struct sim_buffer *buffer, const char *text);
void sim_put_decimal(struct sim_buffer *buffer, uint64_t value);
void sim_put_hex(struct sim_buffer *buffer, const uint8_t *data, size_t len);	/* lower case */
void sim_put_hex_upper(struct sim_buffer *buffer, const uint8_t *data, size_t len);
void sim_put_base64(struct sim_buffer *buffer, const uint8_t *data, size_t len);
void sim_put_pem(struct sim_buffer *buffer, const char *label, const uint8_t *data, size_t len);
void sim_put_date(struct sim_buffer *buffer, int64_t seconds);	/* "YYYY-MM-DDThh:mm:ssZ" */

/* Take out or put in bytes in the middle. */
void sim_buffer_remove(struct sim_buffer *buffer, size_t at, size_t len);
void sim_buffer_insert(struct sim_buffer *buffer, size_t at, const void *data, size_t len);

struct assay_bytes sim_view(const struct sim_buffer *buffer);

void sim_store_le16(uint8_t *at, unsigned value);
void sim_store_le32(uint8_t *at, uint32_t value);
void sim_store_le64(uint8_t *at, uint64_t value);

struct sim_calendar {
	int year, month, day, hour, minute, second;
};
void sim_calendar(struct sim_calendar *calendar, int64_t seconds);
/* "YYYY-MM-DDThh:mm:ssZ" back to seconds; false where it is not that. */
bool sim_parse_date(int64_t *seconds, const char *text);

#endif
