/* SPDX-License-Identifier: Apache-2.0 */
/* Two cheats of a team that has the log's key, and the audit of the whole log. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>
#include <stdlib.h>

#include "format/utc.h"
#include "sim/buffer.h"
#include "store/store.h"

/* ---- an act left out of the log */

struct entries {
	struct assay_bytes *list;
	size_t count;
	uint8_t **copies;	/* what list borrows from */
};

static struct entries
entries_new(uint64_t size)
{
	return (struct entries){ sim_must(calloc(size, sizeof(struct assay_bytes))), 0,
		sim_must(calloc(size, sizeof(uint8_t *))) };
}

static void
entries_free(struct entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->copies[i]);
	}
	free(e->copies);
	free(e->list);
}

static void
entries_put(struct entries *e, struct assay_bytes bytes)
{
	uint8_t *const copy = sim_must(malloc(bytes.len + 1));

	bytes_copy(copy, bytes, bytes.len);
	e->copies[e->count] = copy;
	e->list[e->count++] = bytes_of(copy, bytes.len);
}

static bool
entry_copy(void *context, uint64_t index, struct assay_bytes entry)
{
	(void)index;
	entries_put(context, entry);
	return true;
}

static bool
entry_get(void *context, uint64_t index, struct assay_bytes *entry, struct store_error *error)
{
	const struct entries *const e = context;

	(void)error;
	*entry = e->list[index];
	return true;
}

/* Is it a step of that act?  Its proposal's number becomes known with the first one. */
static bool
is_of_act(struct assay_bytes entry, enum act act, uint64_t *proposals, uint64_t *number)
{
	struct cursor c = cursor_over(entry);
	struct entry_result result;
	struct transaction_body body;
	struct propose_arguments propose;
	struct proposal_arguments approve;

	if (cursor_u8(&c) != ENTRY_TRANSACTION) {
		return false;
	}
	record_read(&entry_result_record, &result, &c);
	record_read(&transaction_body_record, &body, &c);
	if (body.kind == KIND_PROPOSE && record_decode(kind_record(KIND_PROPOSE), &propose, body.arguments)) {
		*proposals += 1;
		if (propose.act == act) {
			*number = *proposals;
			return true;
		}
	}
	return body.kind == KIND_APPROVE && record_decode(kind_record(KIND_APPROVE), &approve, body.arguments) &&
	    approve.number == *number;
}

static size_t
checkpoint_sign(const struct play *p, char note[static CHECKPOINT_NOTE_BYTES_MAX], const struct entries *e)
{
	struct checkpoint checkpoint = { .origin = p->log.key.name, .size = e->count };
	struct frontier tree = { .size = 0 };
	uint8_t signature[64];
	struct hash hash;
	size_t len;

	for (size_t i = 0; i < e->count; i++) {
		merkle_leaf(p->crypto, &hash, e->list[i]);
		frontier_append(&tree, p->crypto, &hash);
	}
	frontier_root(&tree, p->crypto, &checkpoint.root);
	len = checkpoint_format(note, CHECKPOINT_NOTE_BYTES_MAX, &checkpoint);
	play_must(p->log.sign(p->log.context, bytes_of(note, len), signature), "the log's key does not sign");
	return note_append_signature(note, CHECKPOINT_NOTE_BYTES_MAX, len, true, p->crypto, &p->log.key, 0, signature);
}

static void
act_left_out(struct play *p)
{
	const uint64_t size = driver_head(p->driver)->log_size;
	struct entries all = entries_new(size);
	struct entries shown = entries_new(size);
	const struct audit_source source = { .context = &shown, .entry = entry_get };
	struct audit_options options = { .log = &p->log.key };
	char note[CHECKPOINT_NOTE_BYTES_MAX];
	uint64_t proposals = 0, number = 0, first = size;
	struct audit_report report;
	struct store_error error;
	char how[128];

	if (!store_each_entry(driver_store(p->driver), 0, size, &all, entry_copy, &error)) {
		play_stop(&error);
	}
	for (size_t i = 0; i < all.count; i++) {
		if (!is_of_act(all.list[i], ACT_DENY, &proposals, &number)) {
			entries_put(&shown, all.list[i]);
		} else if (first == size) {
			first = i;
		}
	}
	play_must(all.count - shown.count == 2, "the act has other entries than its proposal and its approval");
	options.checkpoint = bytes_of(note, checkpoint_sign(p, note, &shown));
	const bool passed = audit_run(&report, p->crypto, &source, &options);

	/* Up to there the log is the honest one. */
	play_must(passed || report.fault_index >= first, "the auditor finds a fault where there is none");
	(void)snprintf(how, sizeof(how), passed ? "ACCEPTED" : "it does not go on at entry %llu",
	    (unsigned long long)report.fault_index);
	play_cheat_put(p, "an act left out of the log", "auditor", !passed, how);
	entries_free(&all);
	entries_free(&shown);
}

/* ---- a second history */

static bool
transaction_copy(void *context, uint64_t index, struct assay_bytes entry)
{
	struct cursor c = cursor_over(entry);
	struct entry_result result;

	(void)index;
	if (cursor_u8(&c) == ENTRY_TRANSACTION) {
		record_read(&entry_result_record, &result, &c);
		entries_put(context, cursor_rest(&c));
	}
	return true;
}

/* The register's last block again in the fork, but its first transaction pays another account. */
static void
fork_cut(struct play *p, struct driver *fork, uint64_t size_before, struct transfer_arguments *a)
{
	static struct driver_result results[PLAY_QUEUE_MAX];
	static uint8_t other[ASSAY_TRANSACTION_BYTES_MAX];
	struct entries block = entries_new(PLAY_QUEUE_MAX);
	struct assay_register_commit commit;
	struct store_error error;

	if (!store_each_entry(driver_store(p->driver), size_before, driver_head(p->driver)->log_size, &block,
	    transaction_copy, &error)) {
		play_stop(&error);
	}
	memcpy(a->to, p->accounts[PLAY_CLIENT].id, sizeof(a->to));
	block.list[0] = bytes_of(other, play_compose(p, PLAY_CHEAT, p->accounts[PLAY_CHEAT].nonce, KIND_TRANSFER, a, other));
	if (!driver_cut(fork, p->time_ms, block.list, block.count, results, &commit, &error)) {
		play_stop(&error);
	}
	entries_free(&block);
	play_must(results[0].result.code == CODE_ACCEPTED && driver_unsigned(fork) == NULL &&
	    driver_head(fork)->log_size == driver_head(p->driver)->log_size, "the fork is no second history of one size");
}

static struct driver *
fork_make(struct play *p)
{
	char from[PLAY_PATH_BYTES], to[PLAY_PATH_BYTES];
	struct store_error error;

	play_path(p, from, "register");
	play_path(p, to, "fork");
	if (!disk_posix()->make_directory(disk_posix()->context, to)) {
		(void)store_fail(&error, STORE_UNWRITABLE, NULL, NULL, "%s cannot be made", to);
		play_stop(&error);
	}
	play_path(p, to, "fork/" STORE_NAME);
	if (!store_backup(from, to, &error)) {
		play_stop(&error);
	}
	struct driver *const fork = play_open(p, "fork", "fork/checkpoint", STORE_WRITE, &error);

	if (fork == NULL) {
		play_stop(&error);
	}
	return fork;
}

/* Does the key's own file let it sign for the fork?  The register is closed meanwhile: the file is locked. */
static bool
key_signs_for_fork(struct play *p)
{
	struct store_error error;
	struct driver *wrong, *again;

	driver_close(p->driver);
	wrong = play_open(p, "fork", "keys/checkpoint", STORE_WRITE, &error);
	if (wrong != NULL) {
		driver_close(wrong);
	} else if (error.failure != STORE_CONFLICT) {
		play_stop(&error);
	}
	again = play_open(p, "register", "keys/checkpoint", STORE_WRITE, &error);
	if (again == NULL) {
		play_stop(&error);
	}
	play_take(p, again);
	return wrong != NULL;
}

static void
second_history(struct play *p)
{
	struct transfer_arguments a = { .amount = 1000 };
	struct audit_options options = { .log = &p->log.key };
	const uint64_t size_before = driver_head(p->driver)->log_size;
	struct driver *const fork = fork_make(p);
	struct audit_source source;
	struct audit_report report;

	memcpy(a.to, p->accounts[PLAY_RELAY].id, sizeof(a.to));
	(void)play_send(p, PLAY_CHEAT, KIND_TRANSFER, &a);
	play_cut(p);
	fork_cut(p, fork, size_before, &a);
	options.checkpoint = driver_checkpoint(fork);
	options.old_checkpoint = driver_checkpoint(p->driver);
	play_must(audit_store_open(&source, driver_store(fork)), "no memory");
	const bool passed = audit_run(&report, p->crypto, &source, &options);

	audit_store_close(&source);
	driver_close(fork);
	if (!passed && report.fault != AUDIT_FORK) {
		play_wrong("the second history was refused for another reason: %s", report.fault_text);
	}
	const bool signs = key_signs_for_fork(p);

	play_cheat_put(p, "a second history, same size", "auditor", !passed && !signs,
	    passed ? "ACCEPTED" : signs ? "fork; but the key's own file ACCEPTED it" : "fork; the key's own file: conflict");
}

void
play_cheats_of_log(struct play *p)
{
	act_left_out(p);
	second_history(p);
}

/* ---- the audit */

static void
act_put(void *context, uint64_t index, uint64_t height, uint64_t time_ms, const char *sentence)
{
	struct sim_buffer *const acts = context;
	char date[UTC_TEXT_BYTES];
	char when[64];

	(void)index;
	utc_format(date, (int64_t)(time_ms / 1000));
	(void)snprintf(when, sizeof(when), "block %llu, %.5s %.5s: ", (unsigned long long)height, date + 5, date + 11);
	sim_put_text(acts, when);
	sim_put(acts, sentence, strlen(sentence) + 1);
}

static void
answers_tell(const struct play *p, const struct audit_report *r)
{
	play_say(0, "Are all workers genuine?");
	play_say(4, "%llu admitted; %llu evidences verified to the vendor's root%s, %llu failing; %llu refused, each for the "
	    "same reason again", (unsigned long long)r->admitted, (unsigned long long)r->evidences,
	    r->simulated != 0 ? " (SIMULATED)" : "", (unsigned long long)r->evidences_failing,
	    (unsigned long long)r->evidences_refused);
	play_say(0, "Was anyone paid who is not?");
	play_say(4, "%llu payments of %llu units, each traced to attested online work, %llu without; %llu slashed of %llu "
	    "units", (unsigned long long)r->payments, (unsigned long long)r->paid,
	    (unsigned long long)r->payments_without, (unsigned long long)r->slashes, (unsigned long long)r->slashed);
	play_say(0, "What did the team do?");
	play_say(4, "%llu proposals, %llu acts that took effect, %llu changes without an entry:",
	    (unsigned long long)r->proposals, (unsigned long long)r->acts, (unsigned long long)r->changes_without);
	for (size_t at = 0; at < p->acts.len;) {
		const char *const sentence = (const char *)p->acts.data + at;

		play_say(4, "%s", sentence);
		at += strlen(sentence) + 1;
	}
}

bool
play_audit(struct play *p)
{
	const struct audit_options options = { .log = &p->log.key, .checkpoint = driver_checkpoint(p->driver),
		.register_id = p->register_id, .context = &p->acts, .act = act_put };
	struct audit_source source;
	struct audit_report report;

	play_heading(p, "The audit: the whole log again, through the same machine");
	play_must(audit_store_open(&source, driver_store(p->driver)), "no memory");
	const bool good = audit_run(&report, p->crypto, &source, &options);

	audit_store_close(&source);
	if (report.fault != AUDIT_FINE) {
		play_say(2, "FAULT at entry %llu: %s", (unsigned long long)report.fault_index, report.fault_text);
		return false;
	}
	answers_tell(p, &report);
	/* What it replayed must be what the store has. */
	return good && report.size == driver_head(p->driver)->log_size &&
	    memcmp(report.state_root, store_head(driver_store(p->driver))->state_root.bytes, 32) == 0;
}
