/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a result that assay.h has no function for.  Never NULL. */
#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include "assay.h"

const char *check_result_word(enum assay_check_result result);	/* "passed" */
const char *check_result_mark(enum assay_check_result result);	/* one character, UTF-8 */
const char *shortfall_part_word(enum assay_shortfall_part part);	/* "sgx.component" */
const char *raised_by_word(enum assay_raised_by raised_by);	/* "bios" */
const char *raised_by_text(enum assay_raised_by raised_by);	/* "a BIOS update" */
const char *collateral_kind_word(enum assay_collateral_kind kind);	/* "tcb_info" */
const char *tee_word(enum assay_tee tee);			/* "sgx" */
const char *vendor_word(enum assay_evidence_kind kind);		/* "intel" */
const char *consequence_word(enum assay_consequence consequence);	/* "not-genuine" */

#endif
