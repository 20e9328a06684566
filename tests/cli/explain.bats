#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay explain: every word that a result can hold has an explanation.

load helper

@test "every id in the list is explained, in both forms" {
	"$ASSAY" explain --json | jq -r '.[][]' >"$BATS_TEST_TMPDIR/ids"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ids")" -gt 150 ]
	while read -r id; do
		"$ASSAY" explain "$id" >/dev/null
		"$ASSAY" explain "$id" --json | jq -e .kind >/dev/null
	done <"$BATS_TEST_TMPDIR/ids"
}

@test "each kind says what it should" {
	[[ "$("$ASSAY" explain quote.signature)" == *"the evidence is not genuine"* ]]
	[[ "$("$ASSAY" explain status.out-of-date)" == *"remedy"* ]]
	[[ "$("$ASSAY" explain SWHardeningNeeded)" == *"SW_HARDENING_NEEDED"* ]]
	[[ "$("$ASSAY" explain 5)" == *"out of date"* ]]
	[[ "$("$ASSAY" explain mrtd)" == *"48 bytes"* ]]
	[[ "$("$ASSAY" explain INTEL-SA-00615)" == *"sources"* ]]
	[[ "$("$ASSAY" explain policy.ceiling:why)" == *"policy.ceiling"* ]]
	# A reason and a check of one id are both explained.
	[[ "$("$ASSAY" explain policy.debug)" == *"reason policy.debug"*"check policy.debug"* ]]
}

@test "an unknown id exits with 2 and offers near ones" {
	run "$ASSAY" explain quote.signatur
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean quote.signature"* ]]
}

@test "what is not known of an advisory is said, not made up" {
	[[ "$("$ASSAY" explain INTEL-DOC-10000)" == *"unknown"* ]]
}
