/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apps: who asks for workers, of which tiers, on which program, for what pay.
 * An app's slots come to be one after another, each by its own timer, so that
 * no transaction changes more than a few rows.
 */
#include "register/rules.h"

static struct row_key
app_key(const uint8_t id[static 32])
{
	return key_of_32(TABLE_APP, id);
}

struct terms {
	uint8_t tiers;
	uint8_t tees;
	const uint8_t *program;
	uint16_t slots;
	uint64_t pay;
	uint8_t order;
};

static enum code
terms_check(struct machine *m, const struct terms *terms)
{
	const uint8_t tees = 1 << ASSAY_TEE_SGX | 1 << ASSAY_TEE_TDX;
	const struct row_key key = key_of_32(TABLE_PROGRAM, terms->program);

	if (terms->tiers == 0 || terms->tiers > 31 || terms->tees == 0 || (terms->tees & ~tees) != 0) {
		return CODE_APP_TIERS;
	}
	if (terms->slots == 0 || terms->slots > APP_SLOTS_MAX) {
		return CODE_APP_SLOTS;
	}
	if (terms->order != APP_BEST && terms->order != APP_CHEAPEST) {
		return CODE_APP_ORDER;
	}
	return row_exists(m, &key) ? CODE_ACCEPTED : CODE_PROGRAM_UNKNOWN;
}

/*
 * May an app that is there ask for that?  For more than before only where its
 * funds cover an epoch of it, or slots that nobody could be paid for would keep
 * others from their turns.  And while places that are no longer wanted still
 * wait for their last turn, no more come: places are without holes.
 */
static enum code
change_check(const struct app *app, const struct terms *terms)
{
	const uint64_t empty = terms->slots > app->filled ? (uint64_t)terms->slots - app->filled : 0;

	if (terms->slots > app->slots && app->places > app->slots) {
		return CODE_APP_SLOTS;
	}
	if ((terms->slots > app->slots || terms->pay > app->pay) &&
	    app->escrow < mul_div(terms->pay, empty, 1)) {
		return CODE_APP_ESCROW;
	}
	return CODE_ACCEPTED;
}

static void
terms_set(struct app *app, const struct terms *terms)
{
	app->tiers = terms->tiers;
	app->tees = terms->tees;
	memcpy(app->program, terms->program, sizeof(app->program));
	app->slots = terms->slots;
	app->pay = terms->pay;
	app->order = terms->order;
}

bool
app_accepts(const struct app *app, const struct worker *worker)
{
	return worker->tier >= 1 && worker->tier <= 5 && (app->tiers & 1 << (worker->tier - 1)) != 0 &&
	    (app->tees & 1 << worker->tee) != 0 &&
	    memcmp(app->program, worker->program, sizeof(app->program)) == 0 && worker->ask <= app->pay;
}

/* The first slot that has no row yet gets its turn in the next block. */
static void
next_place_schedule(struct machine *m, const uint8_t id[static 32], const struct app *app)
{
	const uint16_t slot = app->places;
	const struct row_key subject = key_u16(key_bytes((struct row_key){ { 0 }, 0 }, bytes_of(id, 32)), slot);

	if (slot < app->slots) {
		timer_set(m, TIMER_APP, m->meta.height + 1, bytes_of(subject.bytes, subject.len));
	}
}

static enum code
app_of_sender(struct machine *m, const uint8_t id[static 32], struct app *app)
{
	const struct row_key key = app_key(id);

	if (!row_get(m, &key, app)) {
		return CODE_APP_UNKNOWN;
	}
	if (memcmp(app->owner, m->sender, sizeof(app->owner)) != 0) {
		return CODE_APP_NOT_YOURS;
	}
	return app->state == APP_OPEN ? CODE_ACCEPTED : CODE_APP_CLOSED;
}

enum code
apply_app_open(struct machine *m, const struct app_open_arguments *a)
{
	const struct terms terms = { a->tiers, a->tees, a->program, a->slots, a->pay, a->order };
	const enum code code = terms_check(m, &terms);
	struct app app = { .state = APP_OPEN, .escrow = a->escrow, .height = m->meta.height };
	struct account account;
	uint8_t id[32];

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (a->escrow < mul_div(a->pay, a->slots, 1)) {
		return CODE_APP_ESCROW;
	}
	if (!account_debit(m, m->sender, a->escrow)) {
		return CODE_BALANCE;
	}
	m->meta.escrows += a->escrow;
	account_get(m, m->sender, &account);
	app_id_of_opening(m->crypto, id, m->sender, account.nonce);
	memcpy(app.owner, m->sender, sizeof(app.owner));
	VAR_SET(app.name, VAR_BYTES(a->name));
	terms_set(&app, &terms);
	const struct row_key key = app_key(id);

	row_put(m, &key, &app);
	next_place_schedule(m, id, &app);
	return CODE_ACCEPTED;
}

/* Workers that no longer fit stay until their epoch is paid: a change is no
 * way out of what was promised. */
enum code
apply_app_change(struct machine *m, const struct app_change_arguments *a)
{
	const struct terms terms = { a->tiers, a->tees, a->program, a->slots, a->pay, a->order };
	const struct row_key key = app_key(a->app);
	struct app app;
	enum code code = app_of_sender(m, a->app, &app);

	if (code == CODE_ACCEPTED) {
		code = terms_check(m, &terms);
	}
	if (code == CODE_ACCEPTED) {
		code = change_check(&app, &terms);
	}
	if (code != CODE_ACCEPTED) {
		return code;
	}
	const bool was_complete = app.places >= app.slots;

	terms_set(&app, &terms);
	row_put(m, &key, &app);
	/* Where places are still coming to be, their timer is there already. */
	if (was_complete) {
		next_place_schedule(m, a->app, &app);
	}
	return CODE_ACCEPTED;
}

enum code
apply_app_fund(struct machine *m, const struct app_fund_arguments *a)
{
	const struct row_key key = app_key(a->app);
	struct app app;
	const enum code code = app_of_sender(m, a->app, &app);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	if (a->amount == 0 || !amount_add(&app.escrow, a->amount)) {
		return CODE_AMOUNT;
	}
	if (!account_debit(m, m->sender, a->amount)) {
		return CODE_BALANCE;
	}
	m->meta.escrows += a->amount;
	row_put(m, &key, &app);
	return CODE_ACCEPTED;
}

/* What is not set aside for an epoch goes back at once; the rest when each
 * slot has its turn, which is when its epoch is paid. */
enum code
apply_app_close(struct machine *m, const struct app_arguments *a)
{
	const struct row_key key = app_key(a->app);
	struct app app;
	const enum code code = app_of_sender(m, a->app, &app);

	if (code != CODE_ACCEPTED) {
		return code;
	}
	m->meta.escrows -= app.escrow;
	if (!account_credit(m, m->sender, app.escrow)) {
		return CODE_AMOUNT;
	}
	app.escrow = 0;
	app.state = APP_CLOSED;
	if (app.places == 0) {
		row_remove(m, &key);
	} else {
		row_put(m, &key, &app);
	}
	return CODE_ACCEPTED;
}
