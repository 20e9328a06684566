/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet to look at: the first seven workers cover all that can happen. */
#include <stdio.h>
#include <string.h>

#include "sim/sim.h"

struct row {
	const char *name;
	enum sim_tee tee;
	unsigned version;
	unsigned body_type;
	enum assay_tcb_status status;
	const char *advisory;
	bool broken;
	enum assay_check check;
	enum sim_ca ca;
	unsigned tier;
};

static const struct row rows[] = {
	{ "sgx-up-to-date", SIM_SGX, 3, 0, ASSAY_TCB_UP_TO_DATE, NULL, false, 0, SIM_CA_PLATFORM, 1 },
	{ "ias-sw-hardening-needed", SIM_IAS, 4, 0, ASSAY_TCB_SW_HARDENING_NEEDED, NULL, false, 0, SIM_CA_PLATFORM, 2 },
	{ "tdx-configuration-needed", SIM_TDX, 4, 0, ASSAY_TCB_CONFIGURATION_NEEDED, NULL, false, 0, SIM_CA_PLATFORM, 3 },
	{ "tdx-relaunch-advised", SIM_TDX, 5, 3, ASSAY_TCB_TD_RELAUNCH_ADVISED, NULL, false, 0, SIM_CA_PLATFORM, 4 },
	{ "sgx-out-of-date", SIM_SGX, 3, 0, ASSAY_TCB_OUT_OF_DATE, NULL, false, 0, SIM_CA_PROCESSOR, 5 },
	{ "tdx-forged", SIM_TDX, 4, 0, ASSAY_TCB_UP_TO_DATE, NULL, true, ASSAY_CHECK_QUOTE_SIGNATURE, SIM_CA_PLATFORM, 0 },
	{ "sgx-expired", SIM_SGX, 3, 0, ASSAY_TCB_UP_TO_DATE, NULL, true, ASSAY_CHECK_TCB_INFO_DATES, SIM_CA_PLATFORM, 0 },
	{ "tdx-up-to-date", SIM_TDX, 5, 4, ASSAY_TCB_UP_TO_DATE, NULL, false, 0, SIM_CA_PLATFORM, 1 },
	{ "sgx-advisory", SIM_SGX, 4, 0, ASSAY_TCB_SW_HARDENING_NEEDED, "INTEL-SA-00615", false, 0, SIM_CA_PLATFORM, 4 },
	{ "tdx-sw-hardening-needed", SIM_TDX, 4, 0, ASSAY_TCB_SW_HARDENING_NEEDED, NULL, false, 0, SIM_CA_PLATFORM, 2 },
	{ "sgx-revoked", SIM_SGX, 3, 0, ASSAY_TCB_REVOKED, NULL, false, 0, SIM_CA_PLATFORM, 0 },
	{ "sgx-debug", SIM_SGX, 5, 1, ASSAY_TCB_UP_TO_DATE, NULL, true, ASSAY_CHECK_DEBUG, SIM_CA_PLATFORM, 0 },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

void
sim_fleet_worker(struct sim_fleet_worker *worker, uint32_t number)
{
	const struct row *row = &rows[number % ROWS];
	struct sim_options *o = &worker->options;

	memset(worker, 0, sizeof(*worker));
	(void)snprintf(worker->name, sizeof(worker->name), "worker-%02u-%s", (unsigned)number + 1, row->name);
	o->tee = row->tee;
	o->version = row->version;
	o->body_type = row->body_type;
	o->status = row->status;
	o->ca = row->ca;
	o->index = number;
	o->broken = row->broken;
	o->break_check = row->check;
	if (row->advisory != NULL) {
		o->advisories[o->advisories_count++] = row->advisory;
	}
	worker->tier = row->tier;
}
