/* SPDX-License-Identifier: Apache-2.0 */
/* Why a matter is undecided, and how to get what is lacking. */
#include "cmd/lacking.h"

#include <stdio.h>

#include "cmd/failure.h"
#include "format/utc.h"
#include "render/writer.h"

#define SERVICE "https://api.trustedservices.intel.com/"
#define ROOT_CRL "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
#define TEXT_BYTES 512

static const char *
tee_path(const struct assay_collateral_id *id)
{
	return id->tee == ASSAY_TEE_TDX ? "tdx" : "sgx";
}

/* The address of a part of collateral for this evidence; empty where it cannot be known. */
static void
address(struct writer *w, enum assay_check check, const struct assay_collateral_id *id)
{
	switch (check) {
	case ASSAY_CHECK_TCB_INFO_PRESENT:
	case ASSAY_CHECK_TCB_INFO_TEE:
	case ASSAY_CHECK_TCB_INFO_FMSPC:
	case ASSAY_CHECK_TCB_INFO_PCE_ID:
	case ASSAY_CHECK_TCB_INFO_DATES:
	case ASSAY_CHECK_TCB_INFO_SIGNATURE:
	case ASSAY_CHECK_TCB_INFO_FORM:
		put_text(w, SERVICE);
		put_text(w, tee_path(id));
		put_text(w, "/certification/v4/tcb?fmspc=");
		put_hex(w, bytes_of(id->fmspc, sizeof(id->fmspc)));
		break;
	case ASSAY_CHECK_QE_IDENTITY_PRESENT:
	case ASSAY_CHECK_QE_IDENTITY_TEE:
	case ASSAY_CHECK_QE_IDENTITY_DATES:
	case ASSAY_CHECK_QE_IDENTITY_SIGNATURE:
	case ASSAY_CHECK_QE_IDENTITY_FORM:
		put_text(w, SERVICE);
		put_text(w, tee_path(id));
		put_text(w, "/certification/v4/qe/identity");
		break;
	case ASSAY_CHECK_PCK_CRL_PRESENT:
	case ASSAY_CHECK_PCK_CRL_ISSUER:
	case ASSAY_CHECK_PCK_CRL_DATES:
	case ASSAY_CHECK_PCK_CRL_SIGNATURE:
	case ASSAY_CHECK_PCK_CRL_FORM:
		put_text(w, SERVICE "sgx/certification/v4/pckcrl?encoding=der&ca=");
		put_text(w, id->pck_ca_is_platform ? "platform" : "processor");
		break;
	case ASSAY_CHECK_ROOT_CRL_PRESENT:
	case ASSAY_CHECK_ROOT_CRL_DATES:
	case ASSAY_CHECK_ROOT_CRL_SIGNATURE:
	case ASSAY_CHECK_ROOT_CRL_FORM:
		put_text(w, ROOT_CRL);
		break;
	default:
		break;
	}
}

/* The body of a reply is not enough: its chain comes beside it. */
#define CHAIN_FIX(header)								\
	"the issuer chain comes in the reply's header " header " (curl -D FILE keeps it): "	\
	"save its value, as it is, to a file of its own and give that with --collateral too"

/* Fixes for what no address helps with. */
static const char *
other_fix(enum assay_check check)
{
	switch (check) {
	case ASSAY_CHECK_QUOTE_EPID:
		return "give the attestation service's report on this quote, if one was kept: "
		    "assay verify REPORT --signature FILE --certificates FILE";
	case ASSAY_CHECK_IAS_PRESENT:
		return "give --signature FILE (header X-IASReport-Signature) and "
		    "--certificates FILE (header X-IASReport-Signing-Certificate)";
	case ASSAY_CHECK_PCK_PRESENT:
		return "give the PCK certificate chain of the platform with --collateral: PEM, signer first";
	case ASSAY_CHECK_IAS_DATES:
	case ASSAY_CHECK_IAS_TIME:
	case ASSAY_CHECK_PCK_DATES:
		return "ask for a new attestation, or judge as of a time within the dates with --at";
	case ASSAY_CHECK_TCB_INFO_SIGNER_DATES:
	case ASSAY_CHECK_QE_IDENTITY_SIGNER_DATES:
		return "fetch the collateral anew with its issuer chain, which is in a header of the reply";
	case ASSAY_CHECK_TCB_INFO_CHAIN:
		return CHAIN_FIX("TCB-Info-Issuer-Chain");
	case ASSAY_CHECK_QE_IDENTITY_CHAIN:
		return CHAIN_FIX("SGX-Enclave-Identity-Issuer-Chain");
	case ASSAY_CHECK_PCK_CRL_CHAIN:
		return CHAIN_FIX("SGX-PCK-CRL-Issuer-Chain");
	default:
		return "fetch the collateral anew, exactly as the vendor serves it, and give it with --collateral";
	}
}

static bool
about_dates(enum assay_check check)
{
	return check == ASSAY_CHECK_TCB_INFO_DATES || check == ASSAY_CHECK_QE_IDENTITY_DATES ||
	    check == ASSAY_CHECK_PCK_CRL_DATES || check == ASSAY_CHECK_ROOT_CRL_DATES;
}

void
say_what_is_lacking(const struct assay_verdict *verdict, const struct assay_evidence *evidence,
    const struct shelf *shelf, const char *name)
{
	const enum assay_check check = verdict->first_failed >= 0
	    ? (enum assay_check)verdict->first_failed : ASSAY_CHECK_COUNT;
	struct assay_collateral_id id;
	char fix[TEXT_BYTES];
	char cause[TEXT_BYTES];
	char url[TEXT_BYTES / 2];
	char at[UTC_TEXT_BYTES];
	struct writer w;

	writer_start(&w, url, sizeof(url));
	memset(&id, 0, sizeof(id));
	if (assay_untrusted_collateral_id(&id, evidence) || check == ASSAY_CHECK_ROOT_CRL_PRESENT) {
		address(&w, check, &id);
	}
	if (writer_finish(&w) == 0) {
		snprintf(fix, sizeof(fix), "%s", other_fix(check));
	} else {
		snprintf(fix, sizeof(fix), "fetch %s and give it with --collateral%s", url,
		    about_dates(check) ? "; or judge as of a time within the dates with --at" : "");
	}
	utc_format(at, verdict->at_s);
	snprintf(cause, sizeof(cause), "check %s failed at %s: it asks that %s%s",
	    assay_check_id(check), at, assay_check_text(check),
	    shelf->parts_count == 0 && verdict->kind != ASSAY_EVIDENCE_IAS_REPORT
	    ? " (no collateral was given, and this command fetches none)" : "");
	fail(EXIT_CANNOT_TELL, cause, fix, "%s is undecided: it may be genuine or not", name);
}
