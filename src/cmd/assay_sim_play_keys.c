/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The play's keys, from its seed: of accounts, of the log, of the workers, whose
 * keys would never leave a real TEE.  They are written as key files without
 * passphrase, so that the commands can be used on the register afterwards;
 * they are as secret as the seed, which is not at all.
 */
#include "cmd/assay_sim_play.h"

#include <stdio.h>

#include "sim/buffer.h"

/* PKCS#8 around a P-256 scalar and its point, and around the seed of Ed25519. */
static const uint8_t p256_head[] = { 0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b,
	0x02, 0x01, 0x01, 0x04, 0x20 };
static const uint8_t p256_middle[] = { 0xa1, 0x44, 0x03, 0x42, 0x00, 0x04 };
static const uint8_t ed25519_head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20 };

/* Read by way of a key file, as a key is that other tools made. */
static void
pair_open(struct key_pair *pair, const struct sim_buffer *der)
{
	static struct key_file file;
	struct sim_buffer pem = { 0 };

	sim_put_pem(&pem, "PRIVATE KEY", der->data, der->len);
	play_must(key_file_parse(&file, sim_view(&pem)) == KEY_GOOD &&
	    key_file_open(pair, &file, bytes_of(NULL, 0)) == KEY_GOOD, "a key of the play cannot be read");
	key_file_release(&file);
	sim_buffer_free(&pem);
}

static void
pair_of(struct key_pair *pair, const struct sim_key *key)
{
	struct sim_buffer der = { 0 };
	uint8_t secret[32];

	sim_key_secret(secret, key);
	sim_put(&der, p256_head, sizeof(p256_head));
	sim_put(&der, secret, sizeof(secret));
	sim_put(&der, p256_middle, sizeof(p256_middle));
	sim_put(&der, key->public, sizeof(key->public));
	pair_open(pair, &der);
	sim_buffer_free(&der);
}

static void
key_write(const struct play *p, const char *name, const struct key_label *label, const struct key_pair *pair)
{
	char text[KEY_FILE_BYTES_MAX];
	char path[PLAY_PATH_BYTES];
	char file[64];
	struct store_error error;
	size_t len;

	(void)snprintf(file, sizeof(file), "keys/%s.key", name);
	play_path(p, path, file);
	play_must(key_file_format(text, &len, label, pair, NULL, bytes_of(NULL, 0)) == KEY_GOOD,
	    "a key of the play cannot be written down");
	if (key_disk_create(path, bytes_of(text, len)) != KEY_GOOD) {
		(void)store_fail(&error, STORE_UNWRITABLE, NULL, "give another directory", "%s cannot be written", path);
		play_stop(&error);
	}
}

static bool
log_sign(void *context, struct assay_bytes message, uint8_t signature[64])
{
	return key_sign(context, signature, message);
}

void
play_keys_write(struct play *p)
{
	struct key_label label = { .kind = KEY_LOG, .name = "play.example/log" };
	struct sim_buffer der = { 0 };
	uint8_t seed[32];

	sim_derive(seed, sizeof(seed), p->secret, "log", 0);
	sim_put(&der, ed25519_head, sizeof(ed25519_head));
	sim_put(&der, seed, sizeof(seed));
	pair_open(&p->log_pair, &der);
	sim_buffer_free(&der);
	p->log = (struct log_signer){ .context = &p->log_pair, .sign = log_sign,
		.key = { .algorithm = NOTE_ED25519, .name = bytes_of_text("play.example/log") } };
	memcpy(p->log.key.key, p->log_pair.public.bytes, sizeof(p->log.key.key));
	key_write(p, "log", &label, &p->log_pair);
	for (unsigned i = 0; i < PLAY_ACCOUNTS; i++) {
		struct key_pair pair = { 0 };

		label = (struct key_label){ .kind = KEY_ACCOUNT };
		pair_of(&pair, &p->accounts[i].key);
		key_write(p, p->accounts[i].name, &label, &pair);
		key_release(&pair);
	}
}

void
play_worker_keys_write(const struct play *p)
{
	const struct key_label label = { .kind = KEY_UNSPECIFIED };

	for (size_t i = 0; i < p->workers_count; i++) {
		struct key_pair pair = { 0 };

		if (p->workers[i].registered) {
			pair_of(&pair, &p->workers[i].key);
			key_write(p, p->workers[i].name, &label, &pair);
			key_release(&pair);
		}
	}
}
