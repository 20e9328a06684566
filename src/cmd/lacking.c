/* SPDX-License-Identifier: Apache-2.0 */
/* Why a matter is undecided, and how to get what is lacking. */
#include "cmd/lacking.h"

#include "cmd/failure.h"
#include "evidence/quote.h"
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

/* ----- documents that are not there ----- */

struct lack {
	enum assay_check check;		/* that asks for it */
	const char *word;
	const char *header;		/* of the reply, where the issuer chain comes; NULL: none */
};

#define LACKS_MAX 5

static size_t
add_lack(struct lack *lacks, size_t count, enum assay_check check, const char *word, const char *header)
{
	lacks[count] = (struct lack){ check, word, header };
	return count + 1;
}

/* A document, or where only its issuer chain is missing that. */
static size_t
add_signed(struct lack *lacks, size_t count, struct assay_bytes document, struct assay_bytes chain,
    const struct lack *present, enum assay_check chain_check)
{
	if (document.len == 0) {
		return add_lack(lacks, count, present->check, present->word, present->header);
	}
	return chain.len == 0 ? add_lack(lacks, count, chain_check, present->word, NULL) : count;
}

/* Everything that the vendor must say about this quote and that was not given, in the order of the checks. */
static size_t
find_lacks(struct lack lacks[static LACKS_MAX], const struct assay_evidence *evidence,
    const struct assay_collateral *c)
{
	static const struct lack pck_crl = { ASSAY_CHECK_PCK_CRL_PRESENT, "PCK CRL", "SGX-PCK-CRL-Issuer-Chain" };
	static const struct lack tcb_info = { ASSAY_CHECK_TCB_INFO_PRESENT, "TCB info", "TCB-Info-Issuer-Chain" };
	static const struct lack identity = {
		ASSAY_CHECK_QE_IDENTITY_PRESENT, "QE identity", "SGX-Enclave-Identity-Issuer-Chain"
	};
	struct quote quote;
	size_t count = 0;

	if (quote_parse(&quote, evidence->quote) != ASSAY_CHECK_COUNT) {
		return 0;
	}
	if (quote.certification_type != CERTIFICATION_PCK_CHAIN && c->pck_certificate_chain.len == 0) {
		count = add_lack(lacks, count, ASSAY_CHECK_PCK_PRESENT, "PCK certificate chain", NULL);
	}
	if (c->root_crl.len == 0) {
		count = add_lack(lacks, count, ASSAY_CHECK_ROOT_CRL_PRESENT, "root CRL", NULL);
	}
	count = add_signed(lacks, count, c->pck_crl, c->pck_crl_issuer_chain, &pck_crl, ASSAY_CHECK_PCK_CRL_CHAIN);
	count = add_signed(lacks, count, c->tcb_info, c->tcb_info_issuer_chain, &tcb_info, ASSAY_CHECK_TCB_INFO_CHAIN);
	return add_signed(lacks, count, c->qe_identity, c->qe_identity_issuer_chain, &identity,
	    ASSAY_CHECK_QE_IDENTITY_CHAIN);
}

/* How to get what one check asks for, as a line of its own. */
static void
put_fix(struct writer *w, enum assay_check check, const char *word, const char *header,
    const struct assay_evidence *evidence)
{
	struct assay_collateral_id id;
	char url[TEXT_BYTES / 2];
	struct writer u;

	writer_start(&u, url, sizeof(url));
	memset(&id, 0, sizeof(id));
	if (assay_untrusted_collateral_id(&id, evidence) || check == ASSAY_CHECK_ROOT_CRL_PRESENT) {
		address(&u, check, &id);
	}
	put_text(w, w->len == 0 ? "" : "\n");
	if (writer_finish(&u) == 0) {
		put_text(w, other_fix(check));
		return;
	}
	put_text(w, "fetch ");
	put_text(w, url);
	if (word != NULL) {
		put_text(w, " (the ");
		put_text(w, word);
		put_char(w, ')');
	}
	put_text(w, " and give it with --collateral");
	if (header != NULL) {
		put_text(w, ", as well as the value of the reply's header ");
		put_text(w, header);
		put_text(w, " in a file of its own (curl -D FILE keeps it)");
	}
	put_text(w, about_dates(check) ? "; or judge as of a time within the dates with --at" : "");
}

void
say_what_is_lacking(const struct assay_verdict *verdict, const struct assay_evidence *evidence,
    const struct pick *pick, const struct shelf *shelf, const char *name)
{
	const enum assay_check check = verdict->first_failed >= 0
	    ? (enum assay_check)verdict->first_failed : ASSAY_CHECK_COUNT;
	struct lack lacks[LACKS_MAX];
	const size_t count = find_lacks(lacks, evidence, &pick->collateral);
	bool about_a_lack = false;
	char fix[TEXT_BYTES * LACKS_MAX] = "";
	char cause[TEXT_BYTES * 2] = "";
	char at[UTC_TEXT_BYTES];
	struct writer f, c;

	writer_start(&f, fix, sizeof(fix));
	writer_start(&c, cause, sizeof(cause));
	utc_format(at, verdict->at_s);
	put_text(&c, "check ");
	put_text(&c, assay_check_id(check));
	put_text(&c, " failed at ");
	put_text(&c, at);
	put_text(&c, ": it asks that ");
	put_text(&c, assay_check_text(check));
	for (size_t i = 0; i < count; i++) {
		about_a_lack = about_a_lack || lacks[i].check == check;
	}
	for (size_t i = 0; about_a_lack && i < count; i++) {
		put_text(&c, i == 0 ? " (missing: " : ", ");
		put_text(&c, lacks[i].word);
		put_text(&c, lacks[i].check == ASSAY_CHECK_PCK_CRL_CHAIN || lacks[i].check == ASSAY_CHECK_TCB_INFO_CHAIN ||
		    lacks[i].check == ASSAY_CHECK_QE_IDENTITY_CHAIN ? "'s issuer chain" : "");
		put_fix(&f, lacks[i].check, lacks[i].word, lacks[i].header, evidence);
	}
	if (about_a_lack) {
		put_text(&c, shelf->parts_count != 0 ? ")" : shelf->given
		    ? "; none was found in what was given, and this command fetches none)"
		    : "; no collateral was given, and this command fetches none)");
	} else {
		put_fix(&f, check, NULL, NULL, evidence);
	}
	writer_finish(&f);
	writer_finish(&c);
	fail(EXIT_CANNOT_TELL, cause, fix, "%s is undecided: it may be genuine or not", name);
}
