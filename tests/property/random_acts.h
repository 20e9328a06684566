/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments for every act of the council, from a seed: mostly such that the
 * act is accepted, and about those whom the caller names.
 */
#ifndef PROPERTY_RANDOM_ACTS_H
#define PROPERTY_RANDOM_ACTS_H

#include "unit/council.h"

/* Parameters on which standing rests, each at its lowest and highest. */
#define RANDOM_EDGES	10

/* Whom the acts are about; set by the caller. */
static struct {
	const struct scene_worker *workers[32];
	size_t workers_count;
	const struct scene_worker *denied;	/* denials and their undoing are mostly about this one */
	const struct scene_worker *forced;	/* and what forces offline, about this one */
	unsigned turn;		/* below RANDOM_EDGES: the parameter and the bound of it are this one's */
} random_acts;

/* ---- numbers from a seed */

static uint64_t random_state;

static inline void
random_start(uint64_t seed)
{
	random_state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
}

static inline uint64_t
random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

static inline bool
random_half(void)
{
	return random_below(2) == 0;
}

static inline const struct scene_worker *
random_worker(void)
{
	return random_acts.workers[random_below(random_acts.workers_count)];
}

static inline const uint8_t *
random_program(void)
{
	return random_below(3) == 0 ? s->program_tdx : s->program_sgx;
}

/* ---- arguments of the acts */

union any {
	struct allow_program_arguments allow;
	struct retire_program_arguments retire;
	struct program_arguments program;
	struct add_signer_arguments add;
	struct signer_arguments signer;
	struct set_policy_arguments policy;
	struct set_parameter_arguments parameter;
	struct raise_tcb_number_arguments raise;
	struct deny_arguments deny;
	struct force_offline_arguments force;
	struct pause_slashing_arguments pause;
	struct return_slash_arguments slash;
	struct replace_council_arguments council;
	struct rotate_log_arguments log;
	struct set_validators_arguments validators;
	struct act_credit_arguments credit;
	struct activate_rules_arguments rules;
};

/* The row of a program that there is, with other privileges, or a new one. */
static inline void
random_allow(struct allow_program_arguments *a)
{
	const struct row_key key = key_of_32(TABLE_PROGRAM, random_program());
	struct program program;

	assert_true(row_get(council_machine(), &key, &program));
	a->tee = program.tee;
	VAR_SET(a->selector, VAR_BYTES(program.selector));
	memcpy(a->signer, program.signer, sizeof(a->signer));
	VAR_SET(a->mitigates, bytes_of_text("\016INTEL-SA-00615"));
	if (random_half()) {
		a->selector.data[1 + random_below(20)] ^= 1;
	}
}

static inline void
random_policy(struct set_policy_arguments *a)
{
	static const char *const statuses[] = { "UpToDate", "SWHardeningNeeded", "ConfigurationNeeded",
		"ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded" };
	static char text[2000];
	const bool lax = random_half();
	int len = snprintf(text, sizeof(text), "{\"schema\":\"assay.policy/1\",\"name\":\"p%u\",\"tiers\":{",
	    (unsigned)random_below(1000));

	for (size_t i = 0; i < COUNCIL_COUNT(statuses); i++) {
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s\"%s\":%u", i != 0 ? "," : "", statuses[i],
		    lax ? 1 : (unsigned)(1 + random_below(5)));
	}
	len += snprintf(text + len, sizeof(text) - (size_t)len,
	    "},\"advisories\":{\"tier\":%u,\"count_from_tier\":1,"
	    "\"count_beside_up_to_date\":false},\"permit\":[\"enclave-attributes\",\"service-td\"],"
	    "\"collateral_grace_s\":%u}", (unsigned)(1 + random_below(5)), (unsigned)random_below(100000));
	a->document = bytes_of(text, (size_t)len);
}

static inline void
random_parameter(struct set_parameter_arguments *a)
{
	static const enum parameter_id likely[RANDOM_EDGES / 2] = { PARAMETER_EVIDENCE_AGE,
		PARAMETER_VENDOR_STRETCH, PARAMETER_FLOOR_TIER, PARAMETER_STAKE_LEAST, PARAMETER_LAPSE_GRACE };
	const struct parameter_bounds *bounds;
	const bool edge = random_acts.turn < RANDOM_EDGES;

	a->parameter = (uint16_t)(edge ? likely[random_acts.turn / 2] :
	    random_half() ? likely[random_below(RANDOM_EDGES / 2)] : 1 + random_below(PARAMETER_END - 1));
	bounds = parameter_bounds(a->parameter);
	if (bounds != NULL) {
		const uint64_t values[4] = { bounds->lowest, bounds->highest, bounds->genesis,
			bounds->lowest + random_below(bounds->highest - bounds->lowest + 1) };

		a->value = values[edge ? random_acts.turn % 2 : random_below(4)];
	}
}

static inline void
random_denial(struct deny_arguments *a)
{
	struct worker row;

	scene_get_worker(s, random_half() ? random_acts.denied : random_worker(), &row);
	a->kind = (uint8_t)(DENY_PLATFORM + random_below(DENY_SIGNER));
	switch (a->kind) {
	case DENY_PLATFORM:
		VAR_SET(a->value, ARRAY_BYTES(row.platform));
		break;
	case DENY_FMSPC:
		VAR_SET(a->value, ARRAY_BYTES(row.fmspc));
		break;
	case DENY_COMPONENT:
		VAR_SET(a->value, ARRAY_BYTES(row.fmspc));
		a->value.len = 9;
		a->value.data[6] = (uint8_t)random_below(17);
		a->value.data[8] = (uint8_t)random_below(256);
		break;
	case DENY_ADVISORY:
		VAR_SET(a->value, bytes_of_text("INTEL-SA-00615"));
		break;
	case DENY_STATUS:
		VAR_SET(a->value, bytes_of(&row.status, 1));
		break;
	case DENY_PROGRAM:
		VAR_SET(a->value, bytes_of(random_program(), 32));
		break;
	default:
		VAR_SET(a->value, ARRAY_BYTES(s->mrsigner));
		break;
	}
}

static inline void
random_undenial(struct deny_arguments *a)
{
	const struct row_key prefix = key_start(TABLE_DENY);
	struct row_key key = prefix;
	struct deny deny;

	random_denial(a);
	if (random_half() && row_next(council_machine(), &prefix, &key, &deny)) {
		struct assay_bytes primary = key_primary(&key);

		a->kind = (uint8_t)key_take(&primary, 1);
		VAR_SET(a->value, primary);
	}
}

static inline void
random_arguments(enum act act, union any *a)
{
	const uint64_t time_ms = council_machine()->meta.time_ms;

	memset(a, 0, sizeof(*a));
	switch (act) {
	case ACT_ALLOW_PROGRAM:
		random_allow(&a->allow);
		break;
	case ACT_RETIRE_PROGRAM:
		memcpy(a->retire.program, random_program(), 32);
		a->retire.notice_ms = 1 + random_below(2) * time_ms;
		a->retire.retire_ms = time_ms + random_below(20000);
		break;
	case ACT_REVOKE_PROGRAM:
		memcpy(a->program.program, random_program(), 32);
		break;
	case ACT_ADD_SIGNER:
	case ACT_REVOKE_SIGNER:
		memcpy(a->add.signer, s->mrsigner, 32);
		a->add.signer[0] ^= (uint8_t)(act == ACT_ADD_SIGNER ? random_below(2) : 0);
		if (act == ACT_ADD_SIGNER) {
			VAR_SET(a->add.name, bytes_of_text("the team"));
		}
		break;
	case ACT_SET_POLICY:
		random_policy(&a->policy);
		break;
	case ACT_SET_PARAMETER:
		random_parameter(&a->parameter);
		break;
	case ACT_RAISE_TCB_NUMBER:
		a->raise.number = (uint32_t)(17 + random_below(4));
		break;
	case ACT_DENY:
		random_denial(&a->deny);
		break;
	case ACT_UNDENY:
		random_undenial(&a->deny);
		break;
	case ACT_FORCE_OFFLINE:
		memcpy(a->force.worker, random_half() ? random_acts.forced->id : random_worker()->id, 32);
		a->force.force = random_half();
		break;
	case ACT_PAUSE_SLASHING:
		a->pause.pause = random_half();
		break;
	case ACT_RETURN_SLASH:
		memcpy(a->slash.worker, random_worker()->id, 32);
		a->slash.epoch = (uint32_t)random_below(2);
		break;
	case ACT_REPLACE_COUNCIL:
		a->council.threshold = 1;
		VAR_SET(a->council.members, bytes_of(s->accounts[SCENE_COUNCIL + random_below(3)].id, 32));
		break;
	case ACT_ROTATE_LOG:
		memset(a->log.key, (int)(1 + random_below(200)), sizeof(a->log.key));
		break;
	case ACT_SET_VALIDATORS:
		a->validators.validators.len = 40;
		a->validators.validators.data[39] = (uint8_t)(1 + random_below(100));
		break;
	case ACT_CREDIT:
	case ACT_DEBIT:
		memcpy(a->credit.account, s->accounts[random_below(3)].id, random_half() ? 32 : 0);
		a->credit.amount = 1 + random_below(1000);
		VAR_SET(a->credit.reference, bytes_of_text("a test"));
		break;
	default:
		a->rules.rules = (uint32_t)random_below(4);
		a->rules.height = random_below(1000);
		break;
	}
}

#endif
