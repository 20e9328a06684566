/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures decided ahead: the same answers as without, whatever was guessed. */
#include "unit/scratch.h"

#include "driver/ahead.h"
#include "sim/keys.h"

#define ITEMS 60

static struct sim_signer signer;
static struct sim_key key;
static uint8_t messages[ITEMS][40];
static uint8_t signatures[ITEMS][64];

/* A port that counts what it is asked. */
static unsigned asked;

static void
counting_verify(void *context, struct assay_signature_item *items, size_t count)
{
	(void)context;
	__atomic_fetch_add(&asked, (unsigned)count, __ATOMIC_RELAXED);
	assay_crypto_openssl()->verify(assay_crypto_openssl()->context, items, count);
}

static void
counting_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	(void)context;
	assay_crypto_openssl()->sha256(assay_crypto_openssl()->context, digest, parts, count);
}

static const struct assay_crypto counting = { NULL, counting_verify, counting_sha256 };

static int
setup(void **state)
{
	const uint8_t secret[32] = { 7 };

	(void)state;
	sim_signer_open(&signer);
	sim_key_make(&key, &signer, secret, "ahead", 0);
	for (unsigned i = 0; i < ITEMS; i++) {
		memset(messages[i], (int)i, sizeof(messages[i]));
		sim_sign(signatures[i], &signer, &key, messages[i], sizeof(messages[i]));
		/* Every third one is no signature of its message. */
		messages[i][0] ^= i % 3 == 0 ? 1 : 0;
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sim_key_free(&key);
	sim_signer_close(&signer);
	return 0;
}

static struct assay_signature_item
item_of(unsigned i)
{
	return (struct assay_signature_item){ .algorithm = ASSAY_ECDSA_P256_SHA256, .key = bytes_of(key.public, 64),
		.message = bytes_of(messages[i], sizeof(messages[i])), .signature = bytes_of(signatures[i], 64) };
}

static struct ahead_job *
job_of(unsigned first, unsigned end)
{
	struct ahead_job *job = ahead_job_new();

	for (unsigned i = first; i < end; i++) {
		const struct assay_signature_item item = item_of(i);

		ahead_job_add(job, item.algorithm, item.key, item.message, item.signature);
	}
	return job;
}

static void
ask(const struct assay_crypto *port)
{
	struct assay_signature_item items[ITEMS + 1];

	for (unsigned i = 0; i < ITEMS; i++) {
		items[i] = item_of(i);
	}
	items[ITEMS] = item_of(1);	/* one twice in a call */
	port->verify(port->context, items, ITEMS + 1);
	for (unsigned i = 0; i < ITEMS; i++) {
		assert_int_equal(items[i].valid, i % 3 != 0);
	}
	assert_true(items[ITEMS].valid);
}

/* Mutations caught: an answer for another item, one that is not there, one that nobody has decided. */
static void
the_answers_are_those_of_the_port_below(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct ahead *ahead = ahead_new(&counting, threads);

		assert_int_equal(ahead_is_of_use(ahead), threads > 1);
		ask(ahead_crypto(ahead));
		for (unsigned round = 0; round < 20; round++) {
			/* All of it, a part, nothing. */
			struct ahead_job *job = job_of(round % 5, round % 4 == 3 ? round % 5 : ITEMS - round);

			ahead_job_submit(ahead, job);
			ahead_job_use(ahead, job);
			ask(ahead_crypto(ahead));
			ask(ahead_crypto(ahead));
			ahead_job_free(ahead, job);
			ask(ahead_crypto(ahead));
		}
		ahead_free(ahead);
	}
}

static unsigned
asked_so_far(void)
{
	return __atomic_load_n(&asked, __ATOMIC_RELAXED);
}

/* Mutation caught: a table in which nothing is found, so that everything is verified twice. */
static void
what_was_decided_is_not_verified_again(void **state)
{
	struct ahead *ahead = ahead_new(&counting, 2);
	struct ahead_job *job = job_of(0, ITEMS);
	unsigned before;

	(void)state;
	asked = 0;
	ahead_job_submit(ahead, job);
	ahead_job_use(ahead, job);
	ask(ahead_crypto(ahead));
	/* But for the few that the other thread had just begun. */
	assert_true(asked_so_far() >= ITEMS && asked_so_far() <= ITEMS + 17);
	do {
		before = asked_so_far();
		usleep(20000);
		ask(ahead_crypto(ahead));
	} while (asked_so_far() != before);
	ask(ahead_crypto(ahead));
	assert_int_equal(asked_so_far(), before);
	ahead_job_free(ahead, job);
	ahead_free(ahead);
}

/* The same signature bytes under another key or message are another item. */
static void
a_part_of_an_item_is_not_the_item(void **state)
{
	struct ahead *ahead = ahead_new(&counting, 1);
	struct ahead_job *job = job_of(0, ITEMS);
	struct assay_signature_item items[3] = { item_of(1), item_of(1), item_of(1) };
	uint8_t other_key[64];

	(void)state;
	memcpy(other_key, key.public, sizeof(other_key));
	other_key[5] ^= 1;
	items[0].key = bytes_of(other_key, sizeof(other_key));
	items[1].message = bytes_of(messages[2], sizeof(messages[2]));
	items[2].algorithm = ASSAY_RSA_PKCS1_SHA256;
	ahead_job_submit(ahead, job);
	ahead_job_use(ahead, job);
	ask(ahead_crypto(ahead));
	ahead_crypto(ahead)->verify(ahead_crypto(ahead)->context, items, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_false(items[i].valid);
	}
	ahead_job_free(ahead, job);
	ahead_free(ahead);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answers_are_those_of_the_port_below),
		cmocka_unit_test(what_was_decided_is_not_verified_again),
		cmocka_unit_test(a_part_of_an_item_is_not_the_item),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
