/* SPDX-License-Identifier: Apache-2.0 */
/* Growing bytes, and the encodings that the vendor writes. */
#include "sim/buffer.h"

#include <stdlib.h>
#include <string.h>

void *
sim_must(void *p)
{
	if (p == NULL) {
		abort();
	}
	return p;
}

void
sim_buffer_free(struct sim_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct sim_buffer){ 0 };
}

void
sim_buffer_clear(struct sim_buffer *buffer)
{
	buffer->len = 0;
}

uint8_t *
sim_buffer_extend(struct sim_buffer *buffer, size_t len)
{
	if (buffer->data == NULL || buffer->size - buffer->len < len) {
		size_t size = buffer->size < 128 ? 256 : buffer->size;

		while (size - buffer->len < len) {
			size *= 2;
		}
		buffer->data = sim_must(realloc(buffer->data, size));
		buffer->size = size;
	}

	uint8_t *at = buffer->data + buffer->len;

	buffer->len += len;
	return at;
}

void
sim_put(struct sim_buffer *buffer, const void *data, size_t len)
{
	uint8_t *at = sim_buffer_extend(buffer, len);

	if (len != 0) {
		memcpy(at, data, len);
	}
}

void
sim_put_copy(struct sim_buffer *buffer, const struct sim_buffer *from)
{
	sim_put(buffer, from->data, from->len);
}

void
sim_put_byte(struct sim_buffer *buffer, uint8_t byte)
{
	*sim_buffer_extend(buffer, 1) = byte;
}

void
sim_put_le16(struct sim_buffer *buffer, unsigned value)
{
	sim_store_le16(sim_buffer_extend(buffer, 2), value);
}

void
sim_put_le32(struct sim_buffer *buffer, uint32_t value)
{
	sim_store_le32(sim_buffer_extend(buffer, 4), value);
}

void
sim_put_text(struct sim_buffer *buffer, const char *text)
{
	sim_put(buffer, text, strlen(text));
}

void
sim_put_decimal(struct sim_buffer *buffer, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	sim_put(buffer, digits + at, sizeof(digits) - at);
}

static void
put_hex(struct sim_buffer *buffer, const uint8_t *data, size_t len, const char digits[static 16])
{
	uint8_t *at = sim_buffer_extend(buffer, 2 * len);

	for (size_t i = 0; i < len; i++) {
		at[2 * i] = (uint8_t)digits[data[i] >> 4];
		at[2 * i + 1] = (uint8_t)digits[data[i] & 15];
	}
}

void
sim_put_hex(struct sim_buffer *buffer, const uint8_t *data, size_t len)
{
	put_hex(buffer, data, len, "0123456789abcdef");
}

void
sim_put_hex_upper(struct sim_buffer *buffer, const uint8_t *data, size_t len)
{
	put_hex(buffer, data, len, "0123456789ABCDEF");
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
sim_put_base64(struct sim_buffer *buffer, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		const size_t left = len - i;
		const uint32_t group = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
		    (left > 2 ? (uint32_t)data[i + 2] : 0);
		uint8_t *at = sim_buffer_extend(buffer, 4);

		at[0] = (uint8_t)base64_digits[group >> 18];
		at[1] = (uint8_t)base64_digits[group >> 12 & 63];
		at[2] = left > 1 ? (uint8_t)base64_digits[group >> 6 & 63] : (uint8_t)'=';
		at[3] = left > 2 ? (uint8_t)base64_digits[group & 63] : (uint8_t)'=';
	}
}

void
sim_put_pem(struct sim_buffer *buffer, const char *label, const uint8_t *data, size_t len)
{
	sim_put_text(buffer, "-----BEGIN ");
	sim_put_text(buffer, label);
	sim_put_text(buffer, "-----\n");
	for (size_t i = 0; i < len; i += 48) {
		sim_put_base64(buffer, data + i, len - i < 48 ? len - i : 48);
		sim_put_byte(buffer, '\n');
	}
	sim_put_text(buffer, "-----END ");
	sim_put_text(buffer, label);
	sim_put_text(buffer, "-----\n");
}

void
sim_buffer_remove(struct sim_buffer *buffer, size_t at, size_t len)
{
	memmove(buffer->data + at, buffer->data + at + len, buffer->len - at - len);
	buffer->len -= len;
}

void
sim_buffer_insert(struct sim_buffer *buffer, size_t at, const void *data, size_t len)
{
	const size_t before = buffer->len;

	(void)sim_buffer_extend(buffer, len);
	memmove(buffer->data + at + len, buffer->data + at, before - at);
	if (len != 0) {
		memcpy(buffer->data + at, data, len);
	}
}

struct assay_bytes
sim_view(const struct sim_buffer *buffer)
{
	return (struct assay_bytes){ buffer->data, buffer->len };
}

void
sim_store_le16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void
sim_store_le32(uint8_t *at, uint32_t value)
{
	sim_store_le16(at, value & 0xffff);
	sim_store_le16(at + 2, value >> 16);
}

void
sim_store_le64(uint8_t *at, uint64_t value)
{
	sim_store_le32(at, (uint32_t)value);
	sim_store_le32(at + 4, (uint32_t)(value >> 32));
}

/* Days since 1970-01-01 of a civil date, by counting in years that begin in March. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	if (month <= 2) {
		year--;
	}

	const int64_t era = (year >= 0 ? year : year - 399) / 400;
	const int64_t year_of_era = year - era * 400;
	const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void
sim_calendar(struct sim_calendar *calendar, int64_t seconds)
{
	int64_t days = seconds / 86400;
	int64_t rest = seconds % 86400;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	calendar->hour = (int)(rest / 3600);
	calendar->minute = (int)(rest / 60 % 60);
	calendar->second = (int)(rest % 60);

	const int64_t shifted = days + 719468;
	const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	const int64_t day_of_era = shifted - era * 146097;
	const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;

	calendar->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	calendar->month = (int)(month < 10 ? month + 3 : month - 9);
	calendar->year = (int)(year_of_era + era * 400 + (calendar->month <= 2 ? 1 : 0));
}

static void
put_digits(struct sim_buffer *buffer, int value, size_t width)
{
	uint8_t *at = sim_buffer_extend(buffer, width);

	for (size_t i = width; i > 0; i--) {
		at[i - 1] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
}

void
sim_put_date(struct sim_buffer *buffer, int64_t seconds)
{
	struct sim_calendar c;

	sim_calendar(&c, seconds);
	put_digits(buffer, c.year, 4);
	sim_put_byte(buffer, '-');
	put_digits(buffer, c.month, 2);
	sim_put_byte(buffer, '-');
	put_digits(buffer, c.day, 2);
	sim_put_byte(buffer, 'T');
	put_digits(buffer, c.hour, 2);
	sim_put_byte(buffer, ':');
	put_digits(buffer, c.minute, 2);
	sim_put_byte(buffer, ':');
	put_digits(buffer, c.second, 2);
	sim_put_byte(buffer, 'Z');
}

bool
sim_parse_date(int64_t *seconds, const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	int numbers[6] = { 0 };
	size_t which = 0;

	if (strlen(text) != sizeof(form) - 1) {
		return false;
	}
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == 'd') {
			if (text[i] < '0' || text[i] > '9') {
				return false;
			}
			numbers[which] = numbers[which] * 10 + (text[i] - '0');
		} else if (text[i] != form[i]) {
			return false;
		} else {
			which++;
		}
	}
	if (numbers[1] < 1 || numbers[1] > 12 || numbers[2] < 1 || numbers[2] > 31 || numbers[3] > 23 ||
	    numbers[4] > 59 || numbers[5] > 59) {
		return false;
	}

	const int64_t value = days_of(numbers[0], numbers[1], numbers[2]) * 86400 +
	    (int64_t)numbers[3] * 3600 + (int64_t)numbers[4] * 60 + numbers[5];
	struct sim_calendar back;

	/* 31 April comes back as 1 May. */
	sim_calendar(&back, value);
	*seconds = value;
	return back.day == numbers[2] && back.month == numbers[1];
}
