#include <assay.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)		/* appraise QUOTE COLLATERAL.json */
{
	static uint8_t quote[ASSAY_EVIDENCE_BYTES_MAX], json[1 << 17], text[1 << 17];
	FILE *q = argc == 3 ? fopen(argv[1], "rb") : NULL, *c = argc == 3 ? fopen(argv[2], "rb") : NULL;
	if (q == NULL || c == NULL) return 2;
	struct assay_evidence evidence = { .quote = { quote, fread(quote, 1, sizeof(quote), q) } };
	struct assay_bytes file = { json, fread(json, 1, sizeof(json), c) };
	struct assay_verifier verifier = { .crypto = assay_crypto_openssl(), .roots = assay_roots_intel, .roots_count = 2 };
	struct assay_collateral collateral;
	struct assay_policy policy;
	struct assay_verdict verdict;
	assay_collateral_parse(&collateral, file, text, sizeof(text));
	assay_policy_preset(&policy, verifier.crypto, 0);
	assay_appraise(&verdict, &verifier, &evidence, &collateral, &policy, time(NULL));
	printf("%s, tier %u\n", assay_authenticity_word(verdict.authenticity), assay_tier_number(verdict.tier));
	return verdict.tier == ASSAY_TIER_NONE;
}
