/* SPDX-License-Identifier: Apache-2.0 */
/* The play's machines: their evidence, their answers, and the collateral of their simulated vendor. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>

#include "format/hex.h"
#include "format/pem.h"
#include "sim/buffer.h"

#define ANSWER_ID_BYTES	8
#define ANSWER_BYTES	(ANSWER_ID_BYTES + STATE_BYTES + 64)

/* ---- the vendor's documents */

/* A chain in PEM as concatenated DER. */
static struct assay_bytes
chain_der(uint8_t out[static CHAIN_BYTES_MAX], struct assay_bytes pem)
{
	struct cursor c = cursor_over(pem);
	size_t total = 0;
	size_t len;

	while (pem_next(&c, "CERTIFICATE", out + total, CHAIN_BYTES_MAX - total, &len) == 1) {
		total += len;
	}
	play_must(total != 0, "a chain of the simulated vendor's is not PEM");
	return bytes_of(out, total);
}

static void
signature_put(struct collateral_arguments *a, struct assay_bytes signature)
{
	a->signature.len = 64;
	if (signature.len == 64) {
		bytes_copy(a->signature.data, signature, 64);
	} else {
		play_must(hex_decode(a->signature.data, 64, signature), "a signature of the simulated vendor's is odd");
	}
}

static void
document_send(struct play *p, enum collateral_kind kind, struct assay_bytes body, struct assay_bytes signature,
    struct assay_bytes chain)
{
	static uint8_t der[CHAIN_BYTES_MAX];
	static struct collateral_arguments a;

	memset(&a, 0, sizeof(a));
	a.kind = (uint8_t)kind;
	a.body = body;
	if (signature.len != 0) {
		signature_put(&a, signature);
	}
	if (chain.len != 0) {
		a.chain = chain_der(der, chain);
	}
	(void)play_send(p, PLAY_RELAY, KIND_COLLATERAL, &a);
}

/* what: a letter for each document: r root CRL, p PCK CRL, t TCB info, q QE identity. */
void
play_collateral(struct play *p, const struct sim_options *options, const char *what)
{
	const struct assay_collateral *const c = &p->evidence.collateral;
	const struct assay_bytes none = bytes_of(NULL, 0);

	play_must(sim_evidence_make(p->vendor, options, &p->evidence), p->evidence.error);
	for (; *what != '\0'; what++) {
		switch (*what) {
		case 'r':
			document_send(p, COLLATERAL_ROOT_CRL, c->root_crl, none, none);
			break;
		case 'p':
			document_send(p, COLLATERAL_PCK_CRL, c->pck_crl, none, c->pck_crl_issuer_chain);
			break;
		case 't':
			document_send(p, COLLATERAL_TCB_INFO, c->tcb_info, c->tcb_info_signature, c->tcb_info_issuer_chain);
			break;
		default:
			document_send(p, COLLATERAL_QE_IDENTITY, c->qe_identity, c->qe_identity_signature,
			    c->qe_identity_issuer_chain);
			break;
		}
	}
}

/* ---- workers */

struct play_worker *
play_worker_new(struct play *p, const char *name, unsigned operator_index, const struct sim_options *options,
    enum play_program program)
{
	const uint32_t number = (uint32_t)p->workers_count;
	struct play_worker *const w = &p->workers[number];

	play_must(number < PLAY_WORKERS_MAX, "the play has too many workers");
	p->workers_count++;
	memset(w, 0, sizeof(*w));
	(void)snprintf(w->name, sizeof(w->name), "%s", name);
	w->operator_index = operator_index;
	w->options = *options;
	w->program = program;
	sim_key_make(&w->key, &p->signer, p->secret, "worker", number);
	sim_derive(w->agreement_key, sizeof(w->agreement_key), p->secret, "agreement", number);
	worker_id_of_key(p->crypto, w->id, w->key.public);
	return w;
}

void
play_evidence(struct play *p, struct play_worker *w, unsigned operator_index, uint64_t nonce_height)
{
	uint8_t report_data[64] = { 0 };
	struct report_data_parts parts = { .nonce_height = nonce_height };

	memcpy(parts.register_id, p->register_id, sizeof(parts.register_id));
	memcpy(parts.key, w->key.public, sizeof(parts.key));
	memcpy(parts.agreement_key, w->agreement_key, sizeof(parts.agreement_key));
	memcpy(parts.operator_id, p->accounts[operator_index].id, sizeof(parts.operator_id));
	memcpy(parts.program, p->program_ids[w->program], sizeof(parts.program));
	memcpy(parts.block_id, p->block_ids[nonce_height], sizeof(parts.block_id));
	report_data_digest(p->crypto, report_data, &parts);
	w->options.report_data = report_data;
	play_must(sim_evidence_make(p->vendor, &w->options, &p->evidence), p->evidence.error);
	w->options.report_data = NULL;
}

void
play_register_arguments(struct play *p, struct register_arguments *a, struct play_worker *w,
    unsigned operator_index, uint64_t nonce_height)
{
	play_evidence(p, w, operator_index, nonce_height);
	memset(a, 0, sizeof(*a));
	memcpy(a->key, w->key.public, sizeof(a->key));
	memcpy(a->agreement_key, w->agreement_key, sizeof(a->agreement_key));
	memcpy(a->program, p->program_ids[w->program], sizeof(a->program));
	a->nonce_height = nonce_height;
	VAR_SET(a->endpoint, bytes_of_text("https://worker.example"));
	a->evidence = p->evidence.evidence.quote;
}

void
play_register(struct play *p, struct play_worker *w)
{
	static struct register_arguments a;

	play_register_arguments(p, &a, w, w->operator_index, play_height(p));
	(void)play_send(p, w->operator_index, KIND_REGISTER, &a);
	w->registered = true;
}

void
play_start(struct play *p, const struct play_worker *w)
{
	struct start_arguments a = { .ask = w->ask };

	memcpy(a.worker, w->id, sizeof(a.worker));
	(void)play_send(p, w->operator_index, KIND_START, &a);
}

struct play_worker *
play_upgrade(struct play *p, struct play_worker *w, enum play_program program)
{
	struct play_worker *const next = play_worker_new(p, w->name, w->operator_index, &w->options, program);

	next->options.program = p->mrenclave_2;
	next->ask = w->ask;
	play_register(p, next);
	w->registered = false;
	return next;
}

bool
play_row(struct play *p, const struct play_worker *w, struct worker *row)
{
	return worker_get(p->m, w->id, row);
}

struct play_worker *
play_worker_of(struct play *p, const uint8_t id[static 32])
{
	for (size_t i = 0; i < p->workers_count; i++) {
		if (memcmp(p->workers[i].id, id, 32) == 0) {
			return &p->workers[i];
		}
	}
	return NULL;
}

/* ---- answers */

static size_t
answer_put(struct play *p, uint8_t *out, const struct play_worker *w, uint64_t height,
    const uint8_t block_id[static 32])
{
	const struct answer_state state = { .version = (uint8_t)p->programs[w->program].version,
		.uptime = (uint8_t)(height < UINT8_MAX ? height : UINT8_MAX), .load = 40, .memory = 30, .tasks = 1 };
	uint8_t message[ANSWER_MESSAGE_BYTES];

	memcpy(out, w->id, ANSWER_ID_BYTES);
	(void)record_encode(&answer_state_record, &state, out + ANSWER_ID_BYTES, STATE_BYTES);
	answer_message(message, p->register_id, w->id, height, block_id, out + ANSWER_ID_BYTES);
	sim_sign_low(out + ANSWER_ID_BYTES + STATE_BYTES, &p->signer, &w->key, message, sizeof(message));
	return ANSWER_BYTES;
}

void
play_answer_one(struct play *p, struct answers_arguments *a, uint8_t bytes[static PLAY_ANSWER_BYTES],
    const struct play_worker *w, uint64_t height, const uint8_t block_id[static 32])
{
	const struct answer_group group = { .height = height, .id_bytes = ANSWER_ID_BYTES, .count = 1 };
	size_t len = record_encode(&answer_group_record, &group, bytes, PLAY_ANSWER_BYTES);

	len += answer_put(p, bytes + len, w, height, block_id);
	a->groups = bytes_of(bytes, len);
}

static void
reattest(struct play *p, struct play_worker *w, uint64_t height)
{
	struct reattest_arguments a;

	memset(&a, 0, sizeof(a));
	play_evidence(p, w, w->operator_index, height);
	memcpy(a.worker, w->id, sizeof(a.worker));
	a.nonce_height = height;
	a.evidence = p->evidence.evidence.quote;
	(void)play_send(p, w->operator_index, KIND_REATTEST, &a);
	p->quotes++;
}

/* The worker program renews by itself at two thirds of what its evidence lasts. */
static bool
is_old(const struct play *p, const struct worker *row)
{
	return p->m->own_ms - row->attested_own_ms > parameter(p->m, PARAMETER_EVIDENCE_AGE) / 3 * 2;
}

enum code
play_draw_check(struct play *p, const struct play_worker *w, const struct worker *row, uint64_t height, bool is_quote)
{
	struct block block;

	if (!block_get(p->m, height, &block)) {
		return CODE_ANSWER_HEIGHT;
	}
	/* The row of the last block gets its id with the next one. */
	memcpy(block.id, p->block_ids[height], sizeof(block.id));
	return draw_check(p->m, w->id, row, height, &block, is_quote);
}

static bool
is_awake(struct play *p, const struct play_worker *w, struct worker *row)
{
	return w->registered && !w->silent && play_row(p, w, row) &&
	    (row->state == WORKER_ONLINE || row->state == WORKER_UNRESPONSIVE);
}

/* The first height whose draws can still be answered in the next block. */
static uint64_t
first_open(const struct play *p, enum parameter_id window)
{
	const uint64_t next = play_height(p) + 1;

	return next > parameter(p->m, window) ? next - parameter(p->m, window) : 1;
}

struct batch {
	uint8_t bytes[4 * (16 + PLAY_WORKERS_MAX * ANSWER_BYTES)];
	size_t len;
	bool answered[PLAY_WORKERS_MAX];	/* by a quote or in this batch: no silence is left to end */
};

/* One new quote at most: for the last draw that asks for one, or because the old one is old. */
static void
quotes_send(struct play *p, struct batch *batch)
{
	for (size_t i = 0; i < p->workers_count; i++) {
		struct play_worker *const w = &p->workers[i];
		uint64_t nonce_height = 0;
		struct worker row;

		if (!is_awake(p, w, &row)) {
			continue;
		}
		if (row.state == WORKER_ONLINE && (w->renews || is_old(p, &row))) {
			nonce_height = play_height(p);
		}
		for (uint64_t h = first_open(p, PARAMETER_REATTEST_WINDOW); h <= play_height(p); h++) {
			nonce_height = play_draw_check(p, w, &row, h, true) == CODE_ACCEPTED ? h : nonce_height;
		}
		if (nonce_height != 0) {
			w->renews = false;
			reattest(p, w, nonce_height);
			batch->answered[i] = true;
		}
	}
}

/* The answers to what one block drew; whoever was silent may answer the last one though nobody asked. */
static void
group_put(struct play *p, struct batch *batch, uint64_t height)
{
	struct answer_group group = { .height = height, .id_bytes = ANSWER_ID_BYTES };
	uint8_t *const bytes = batch->bytes + batch->len;
	size_t len = record_encode(&answer_group_record, &group, bytes, sizeof(batch->bytes) - batch->len);

	for (size_t i = 0; i < p->workers_count; i++) {
		const struct play_worker *const w = &p->workers[i];
		struct worker row;

		if (!is_awake(p, w, &row)) {
			continue;
		}
		const enum code code = play_draw_check(p, w, &row, height, false);

		if (code == CODE_ACCEPTED || (code == CODE_ANSWER_NOT_ASKED && row.state == WORKER_UNRESPONSIVE &&
		    height == play_height(p) && !batch->answered[i])) {
			len += answer_put(p, bytes + len, w, height, p->block_ids[height]);
			batch->answered[i] = true;
			group.count++;
		}
	}
	if (group.count != 0) {
		(void)record_encode(&answer_group_record, &group, bytes, sizeof(batch->bytes) - batch->len);
		batch->len += len;
	}
}

void
play_answers(struct play *p)
{
	static struct batch batch;

	play_must(parameter(p->m, PARAMETER_WINDOW) <= 4, "a batch has no room for so long a window");
	memset(&batch, 0, sizeof(batch));
	quotes_send(p, &batch);
	for (uint64_t h = first_open(p, PARAMETER_WINDOW); h <= play_height(p); h++) {
		group_put(p, &batch, h);
	}
	if (batch.len != 0) {
		const struct answers_arguments a = { .groups = bytes_of(batch.bytes, batch.len) };

		(void)play_send(p, PLAY_RELAY, KIND_ANSWERS, &a);
	}
}
