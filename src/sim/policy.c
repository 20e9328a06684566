/* SPDX-License-Identifier: Apache-2.0 */
/* The default policy as a document, with one member changed: for breaks of policy rows. */
#include "sim/scene.h"

struct tier_row {
	enum assay_tcb_status status;
	unsigned tier;
};

static const struct tier_row tier_rows[] = {
	{ ASSAY_TCB_UP_TO_DATE, 1 },
	{ ASSAY_TCB_SW_HARDENING_NEEDED, 2 },
	{ ASSAY_TCB_CONFIGURATION_NEEDED, 3 },
	{ ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED, 3 },
	{ ASSAY_TCB_OUT_OF_DATE, 5 },
	{ ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, 5 },
	{ ASSAY_TCB_TD_RELAUNCH_ADVISED, 4 },
	{ ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, 4 },
};

void
sim_policy_build(struct sim_buffer *out, const struct sim_policy_change *change)
{
	bool first = true;

	sim_buffer_clear(out);
	sim_put_text(out, "{\"schema\":\"assay.policy/1\",\"name\":\"simulated\",\"tiers\":{");
	for (size_t i = 0; i < sizeof(tier_rows) / sizeof(tier_rows[0]); i++) {
		if (tier_rows[i].status == change->without_status) {
			continue;
		}
		sim_put_text(out, first ? "\"" : ",\"");
		sim_put_text(out, sim_status_word(tier_rows[i].status));
		sim_put_text(out, "\":");
		sim_put_decimal(out, tier_rows[i].tier);
		first = false;
	}
	sim_put_text(out, "},\"advisories\":{\"tier\":4,\"count_from_tier\":1,\"count_beside_up_to_date\":true,"
	    "\"hard_stays_in_tier_2\":false,"
	    "\"whitelist\":[\"INTEL-SA-00219\",\"INTEL-SA-00334\",\"INTEL-SA-00381\",\"INTEL-SA-00389\"],\"hard\":[],"
	    "\"critical\":[{\"id\":\"INTEL-SA-00088\",\"fixed\":\"2018-01-04T00:00:00Z\"}]},"
	    "\"minimum_tcb_evaluation_number\":");
	sim_put_decimal(out, change->minimum_evaluation_number);
	sim_put_text(out, ",\"permit\":[],\"require\":[");
	if (change->require != NULL) {
		sim_put_byte(out, '"');
		sim_put_text(out, change->require);
		sim_put_byte(out, '"');
	}
	sim_put_text(out, "],\"ceilings\":[],\"collateral_grace_s\":0,\"out_of_date_grace_s\":0,\"report_age_max_s\":");
	sim_put_decimal(out, (uint64_t)change->report_age_max_s);
	sim_put_text(out, ",\"tier_next_at\":null}");
}
