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

@test "an unknown id is offered each near one once" {
	run "$ASSAY" explain policy.debg
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean policy.debug?"* ]]
	run "$ASSAY" explain raisd_by
	[[ "$output" == *"did you mean raised_by?"* ]]
	run "$ASSAY" explain platform.fmspcs
	[[ "$output" == *"platform.fmspc"* ]]
	run "$ASSAY" explain genuin
	[[ "$output" == *"did you mean genuine"* ]]
}

@test "members and words of results are explained, by path or by name" {
	for id in tier_next as_of shortfall raised_by valid_until tier_by_policy components tier_next_known covers debug; do
		[[ "$("$ASSAY" explain "$id")" == *"member "*"$id"*"type"* ]]
	done
	[[ "$("$ASSAY" explain platform.shortfall[0].has)" == "member platform.shortfall[].has"* ]]
	[[ "$("$ASSAY" explain .platform.shortfall.has)" == "member platform.shortfall[].has"* ]]
	[[ "$("$ASSAY" explain tier_by_policy.phala-chain)" == "member tier_by_policy"* ]]
	[[ "$("$ASSAY" explain as_of.tier)" != *"member tier"$'\n'* ]]
	[[ "$("$ASSAY" explain assay.error/1)" == *"schema, exit, error, cause, fix"* ]]
	for word in genuine undecided not-genuine passed not-reached sinit root_crl tdx-quote; do
		[[ "$("$ASSAY" explain "$word")" == "word $word"*means* ]]
	done
	# The end of a path is whole names.
	run "$ASSAY" explain status.x
	[ "$status" -eq 2 ]
	run "$ASSAY" explain y_policy
	[ "$status" -eq 2 ]
}

@test "what stands for several things has each explained, in JSON one object a line" {
	[ "$("$ASSAY" explain policy.debug --json | jq -r .kind | tr '\n' ' ')" = "reason check " ]
	[ "$("$ASSAY" explain raised_by --json | jq -r .of | tr '\n' ' ')" = "assay.result/1 assay.tcb/1 assay.worker/1 " ]
}

@test "the JSON's names are words with underscores" {
	{
		for id in 3 SWHardeningNeeded status.out-of-date quote.signature mrenclave INTEL-SA-00615 tier_next \
			assay.result/1 genuine; do
			"$ASSAY" explain "$id" --json
		done
		"$ASSAY" explain --json
	} | jq -r 'keys[]' | sort -u >"$BATS_TEST_TMPDIR/names"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/names")" -gt 20 ]
	if grep -vE '^[a-z]+(_[a-z]+)*$' "$BATS_TEST_TMPDIR/names"; then false; fi
	"$ASSAY" explain quote.signature --json | jq -e '.asks_that and .if_it_fails and .asked_for_by'
	"$ASSAY" explain OutOfDate --json | jq -e '.tier_at_best == "5" and .in_reports == "GROUP_OUT_OF_DATE"'
}

@test "an advisory that the catalogue does not have is unknown, not wrong" {
	for id in INTEL-SA-99999 intel-sa-99999 INTEL-DOC-99999; do
		run "$ASSAY" explain "$id"
		[ "$status" -eq 4 ]
		[[ "$output" == *"unknown"*"catalogue"* && "$output" != *"did you mean"* ]]
	done
	for id in INTEL-SA- INTEL-SA-9x intel-sa-00615; do
		run "$ASSAY" explain "$id"
		[ "$status" -eq 2 ]
	done
	[[ "$output" == *"did you mean INTEL-SA-00615"* ]]
}

@test "what is not known of an advisory is said, not made up" {
	[[ "$("$ASSAY" explain INTEL-DOC-10000)" == *"unknown"* ]]
}
