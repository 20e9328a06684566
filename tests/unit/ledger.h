/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the driver and the auditor: a scene whose log has a key, and its log as a source. */
#ifndef UNIT_LEDGER_H
#define UNIT_LEDGER_H

#include "unit/scratch.h"

#include "driver/audit.h"
#include "driver/driver.h"
#include "scene/register_scene.h"

/* The same scene, with a log that this signer signs: another genesis, so another register. */
static inline void
ledger_name_signer(struct scene *s, const struct log_signer *signer)
{
	static uint8_t bytes[ASSAY_GENESIS_BYTES_MAX];
	static struct genesis genesis;
	char error[160];

	memcpy(bytes, s->genesis, s->genesis_len);
	assert_true(record_decode(&genesis_record, &genesis, bytes_of(bytes, s->genesis_len)));
	memcpy(genesis.log_key, signer->key.key, sizeof(genesis.log_key));
	VAR_SET(genesis.log_origin, signer->key.name);
	s->genesis_len = record_encode(&genesis_record, &genesis, s->genesis, sizeof(s->genesis));
	memory_free(s->memory);
	s->memory = memory_new(s->crypto, true);
	const struct assay_rows rows = memory_rows(s->memory);
	const struct assay_entries entries = memory_entries(s->memory);

	memory_begin_block(s->memory);
	assert_true(assay_register_genesis(s->reg, s->crypto, &rows, &entries, bytes_of(s->genesis, s->genesis_len),
	    &s->commit, error));
	assert_true(memory_commit_block(s->memory));
	scene_reopen(s);
}

static inline struct assay_bytes
ledger_genesis(const struct scene *s)
{
	return bytes_of(s->genesis, s->genesis_len);
}

static inline void
ledger_note(char note[static CHECKPOINT_NOTE_BYTES_MAX], size_t *len, const struct log_signer *signer, uint64_t size,
    const struct hash *root)
{
	const struct checkpoint checkpoint = { signer->key.name, size, *root };
	uint8_t signature[64];

	*len = checkpoint_format(note, CHECKPOINT_NOTE_BYTES_MAX, &checkpoint);
	assert_true(signer->sign(signer->context, bytes_of((const uint8_t *)note, *len), signature));
	*len = note_append_signature(note, CHECKPOINT_NOTE_BYTES_MAX, *len, true, assay_crypto_openssl(), &signer->key, 0,
	    signature);
	assert_true(*len != 0);
}

/* A transfer, composed and not sent. */
static inline struct assay_bytes
ledger_transfer(struct scene *s, unsigned from, unsigned to, uint64_t amount)
{
	struct transfer_arguments a = { .amount = amount };

	memcpy(a.to, s->accounts[to].id, sizeof(a.to));
	scene_compose(s, from, false, KIND_TRANSFER, &a);
	return bytes_of(s->transaction, s->transaction_len);
}

#endif
