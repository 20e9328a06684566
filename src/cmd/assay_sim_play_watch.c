/* SPDX-License-Identifier: Apache-2.0 */
/* What changed in the rows since the last block, one line for each change. */
#include "cmd/assay_sim_play.h"

#include <stdio.h>

const char *
play_status_word(const struct worker *row)
{
	return assay_tcb_status_word((enum assay_tcb_status)row->status,
	    row->tee == ASSAY_TEE_TDX ? ASSAY_EVIDENCE_TDX_QUOTE : ASSAY_EVIDENCE_SGX_QUOTE);
}

static const char *
reason_word(unsigned why)
{
	static const char *const words[] = { "", "it missed a window", "too long offline", "its evidence lapsed",
		"its evidence fails", "its tier", "its program", "its signer", "it is denied", "by the council", "its stake",
		"stopped", "replaced", "no bond" };

	return why < PLAY_COUNT(words) ? words[why] : "?";
}

/* ---- workers */

static void
tell_joined(struct play *p, const struct play_worker *w, const struct worker *row)
{
	const struct play_worker *const before = play_worker_of(p, row->predecessor);

	if (before != NULL) {
		const struct allow_program_arguments *const program = &p->programs[w->program];

		play_tell(p, w->name, "goes on as \"%.*s\" %u: %s, stake %llu kept", (int)program->name.len,
		    (const char *)program->name.data, (unsigned)program->version,
		    row->state == WORKER_ONLINE ? "online" : "registered", (unsigned long long)row->stake);
		return;
	}
	play_tell(p, w->name, "%s %s: tier %u, %s", row->tee == ASSAY_TEE_TDX ? "TDX" : "SGX",
	    play_status_word(row), row->tier, row->state == WORKER_ONLINE ? "bonded, online" : "registered");
}

static void
tell_state(struct play *p, const struct play_worker *w, const struct worker *row)
{
	const struct worker *const told = &w->told;
	const unsigned long long stake = row->stake;

	switch (row->state) {
	case WORKER_ONLINE:
		if (told->state == WORKER_UNRESPONSIVE) {
			play_tell(p, w->name, "answers again: online; slashed %llu of %llu",
			    (unsigned long long)told->stake - stake, (unsigned long long)told->stake);
		} else {
			play_tell(p, w->name, "%s; stake %llu", told->state == WORKER_PAUSED ?
			    "back from maintenance: online" : "online", stake);
		}
		break;
	case WORKER_UNRESPONSIVE:
		if (!w->silent) {
			play_wrong("%s answers all that it is asked, and is held to be silent since draw %llu", w->name,
			    (unsigned long long)row->silent_height);
		}
		play_tell(p, w->name, "unresponsive, not admitted: %s", reason_word(row->why));
		break;
	case WORKER_PAUSED:
		play_tell(p, w->name, "paused for announced maintenance; stake %llu", stake);
		break;
	case WORKER_SUSPENDED:
		play_tell(p, w->name, "suspended: %s", reason_word(row->why));
		break;
	case WORKER_LEFT:
		/* Its successor tells. */
		break;
	default:
		play_tell(p, w->name, "%s", reason_word(row->why));
		break;
	}
}

static void
tell_tier(struct play *p, const struct play_worker *w, const struct worker *row)
{
	const struct worker *const told = &w->told;

	if (row->tier != told->tier) {
		play_tell(p, w->name, "tier %u, was %u: appraised anew under set %u", row->tier,
		    told->tier, (unsigned)row->evaluation_number);
	} else if (row->tier_next != told->tier_next && row->tier_next != 0 && row->tier_next != UINT8_MAX &&
	    row->tier_next != row->tier) {
		play_tell(p, w->name, "tier %u; %u once the new set is in force", row->tier, row->tier_next);
	}
}

static void
watch_workers(struct play *p)
{
	for (size_t i = 0; i < p->workers_count; i++) {
		struct play_worker *const w = &p->workers[i];
		struct worker row;

		if (!w->registered || !play_row(p, w, &row)) {
			continue;
		}
		if (w->told.state == WORKER_NONE) {
			tell_joined(p, w, &row);
		} else if (row.state != w->told.state) {
			tell_state(p, w, &row);
		}
		if (w->told.state != WORKER_NONE && row.state != WORKER_LEFT) {
			tell_tier(p, w, &row);
		}
		w->told = row;
	}
}

/* ---- apps */

static void
watch_slot(struct play *p, size_t which, uint16_t slot, const char *name, uint64_t pay)
{
	const struct row_key key = key_u16(key_of_32(TABLE_ASSIGNMENT, p->apps[which]), slot);
	uint8_t *const told = p->assigned[which][slot];
	struct assignment row;

	if (!row_get(p->m, &key, &row) || memcmp(row.worker, told, sizeof(row.worker)) == 0) {
		return;
	}
	const struct play_worker *const now = play_worker_of(p, row.worker);
	const struct play_worker *const then = play_worker_of(p, told);

	if (now == NULL) {
		play_tell(p, name, "slot %u: %s is let go", (unsigned)slot, then != NULL ? then->name : "?");
	} else if (then == NULL) {
		play_tell(p, name, "slot %u: %s, at %llu a day", (unsigned)slot, now->name, (unsigned long long)pay);
	} else {
		play_tell(p, name, "slot %u: %s in place of %s", (unsigned)slot, now->name, then->name);
	}
	memcpy(told, row.worker, sizeof(row.worker));
}

static void
watch_apps(struct play *p)
{
	for (size_t i = 0; i < p->apps_count; i++) {
		const struct row_key key = key_of_32(TABLE_APP, p->apps[i]);
		char name[NAME_BYTES_MAX + 1];
		struct app app;

		if (!row_get(p->m, &key, &app)) {
			continue;
		}
		(void)snprintf(name, sizeof(name), "%.*s", (int)app.name.len, (const char *)app.name.data);
		for (uint16_t slot = 0; slot < PLAY_SLOTS; slot++) {
			watch_slot(p, i, slot, name, app.pay);
		}
	}
}

/* ---- the council and epochs */

static void
watch_proposals(struct play *p)
{
	for (uint64_t number = 1; number <= p->m->meta.proposals && number < PLAY_PROPOSALS_MAX; number++) {
		const struct row_key key = key_u64(key_start(TABLE_PROPOSAL), number);
		uint8_t *const told = &p->proposal_states[number];
		struct proposal row;

		if (!row_get(p->m, &key, &row) || row.state == *told) {
			continue;
		}
		const char *const name = act_name(row.act);

		if (row.state == PROPOSAL_LOCKED) {
			play_tell(p, "council", "%s: approved, takes effect in %llu h (\"%.*s\")", name,
			    (unsigned long long)((row.effective_own_ms - p->m->own_ms) / PLAY_HOUR_MS), (int)row.reason.len,
			    (const char *)row.reason.data);
		} else if (row.state == PROPOSAL_DONE && act_is_emergency(row.act)) {
			play_tell(p, "council", "%s: at once, for seven days (\"%.*s\")", name, (int)row.reason.len,
			    (const char *)row.reason.data);
		} else {
			play_tell(p, "council", "%s: %s", name, row.state == PROPOSAL_DONE ? "in effect" : "came to nothing");
		}
		*told = row.state;
	}
}

static void
watch_epochs(struct play *p)
{
	struct epoch epoch;

	while (epoch_get(p->m, p->epoch_told + 1, &epoch) && epoch.closed) {
		char subject[16];

		p->epoch_told++;
		(void)snprintf(subject, sizeof(subject), "day %u", (unsigned)p->epoch_told);
		play_tell(p, subject, "%u asked, %u answered, new quotes: %u; %llu shared", (unsigned)epoch.asked,
		    (unsigned)epoch.answered, p->quotes, (unsigned long long)epoch.budget);
		p->quotes = 0;
	}
}

void
play_watch(struct play *p)
{
	for (unsigned i = 0; i < p->announced_count; i++) {
		play_tell(p, p->announced[i].subject, "%s", p->announced[i].text);
	}
	p->announced_count = 0;
	watch_proposals(p);
	watch_workers(p);
	watch_apps(p);
	watch_epochs(p);
}
