#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay tcb: a platform beside the vendor's levels.

# shellcheck disable=SC2094,SC2154,SC2317
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export COLUMNS=100
}

compare() {
	local name=$1
	shift
	"$ASSAY" tcb "$name.quote.bin" --collateral "$name.collateral.json" --insecure-root "$name.roots.pem" \
		--at "$AT" "$@"
}

@test "the matching level has the status of the verdict, and nothing short" {
	for status in UpToDate SWHardeningNeeded ConfigurationNeeded OutOfDate; do
		for tee in sgx tdx; do
			simulate q --tee "$tee" --status "$status"
			compare q --json >tcb
			jq -e --arg s "$status" '[.levels[] | select(.matches)] |
				length == 1 and .[0].status == $s and .[0].covers and (.[0].shortfall | length) == 0' tcb
			# What is above it is short of something, what covers is short of nothing.
			jq -e 'all(.levels[]; .covers == ((.shortfall | length) == 0))' tcb
		done
	done
}

@test "the shortfall of the verdict is among those shown" {
	simulate q --status OutOfDate
	compare q --json >tcb
	judge q --json >verdict
	jq -e --slurpfile v verdict 'any(.levels[]; [.shortfall[] | [.part, .index, .needs]] as $all |
		all($v[0].platform.shortfall[]; [.part, .index, .needs] as $one | $all | index([$one])))' tcb
}

@test "text stays as it is shown" {
	simulate q --tee tdx --status OutOfDate
	compare q | golden tcb.txt
}

@test "history is in the order of evaluation numbers and dates" {
	"$ASSAY_SIM" quote --seed cli --at 2025-06-01T00:00:00Z --out old >/dev/null
	simulate q
	run --separate-stderr "$ASSAY" tcb q.quote.bin --history --json --insecure-root q.roots.pem \
		--collateral old.collateral.json --collateral q.collateral.json
	[ "$status" -eq 0 ]
	jq -e '.history | length == 2 and .[0].from < .[1].from' <<<"$output"
	jq -e '.history[1] | .verdict == "genuine" and .tier == 1 and .simulated' <<<"$output"
	run "$ASSAY" tcb q.quote.bin --history --insecure-root q.roots.pem --collateral q.collateral.json
	[[ "$output" == *"SIMULATED"* ]]
}

@test "without TCB info it cannot tell" {
	simulate q
	run --separate-stderr "$ASSAY" tcb q.quote.bin --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 4 ]
	[[ "$stderr" == *"fix: "* ]]
	run "$ASSAY" tcb q.quote.bin --history --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 4 ]
}

@test "an archived report has no SVNs to compare" {
	simulate r --tee ias
	run "$ASSAY" tcb r.report.json --insecure-root r.roots.pem --at "$AT"
	[ "$status" -eq 4 ]
	[[ "$output" == *"it is an archived report"*"fix: verify it: assay verify REPORT"* ]]
	[[ "$output" != *"PCK certificate"* ]]
	run "$ASSAY" tcb r.roots.pem --at "$AT"
	[ "$status" -eq 2 ]
	[[ "$output" == *"is not evidence"* ]]
}

@test "history of a real platform" {
	vectors dcap
	run --separate-stderr "$ASSAY" tcb "$ASSAY_VECTORS/dcap/tdx-v4-00806f050000-05.quote.bin" --history --json \
		--collateral "$ASSAY_VECTORS/dcap"
	jq -e '[.history[] | select(.verdict == "genuine") | .tcb_evaluation_number] |
		length >= 5 and . == sort' <<<"$output"
}
