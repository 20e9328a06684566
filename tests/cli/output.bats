#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is shown stays as it is: text and JSON beside golden files (ASSAY_GOLDEN=update writes them anew).

# shellcheck disable=SC2094,SC2154,SC2317
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export COLUMNS=100
}

@test "tree of an out-of-date TD" {
	simulate q --tee tdx --status OutOfDate
	judge q | golden verify-tdx-out-of-date.txt
}

@test "tree in colour, with every check, on a narrow terminal" {
	simulate q --status ConfigurationNeeded --advisory INTEL-SA-00615
	COLUMNS=60 judge q --color always --wide | golden verify-wide-color.txt
}

@test "tree of a forgery" {
	simulate q --break qe-report.binding
	run judge q
	golden verify-forged.txt <<<"$output"
}

@test "table of several, the best tier first" {
	simulate a --status OutOfDate
	simulate b
	simulate c --break quote.signature
	simulate d --tee tdx
	run --separate-stderr "$ASSAY" verify a.quote.bin b.quote.bin c.quote.bin d.quote.bin \
		--collateral a.collateral.json --insecure-root a.roots.pem --at "$AT"
	golden verify-table.txt <<<"$output"
}

@test "result object" {
	simulate q --status SWHardeningNeeded
	judge q --json | golden verify.json
}

@test "result object of a report" {
	"$ASSAY_SIM" quote --seed cli --tee ias --at "$AT" --out r >/dev/null
	"$ASSAY" verify r.report.json --signature r.sig.b64 --certificates r.certificates.pem \
		--insecure-root r.roots.pem --at "$AT" --json | golden verify-ias.json
}

@test "the result object has all members in the order of its schema" {
	simulate q --tee tdx
	for options in "" "--at 2030-01-01T00:00:00Z"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$ASSAY" verify q.quote.bin --json --collateral q.collateral.json \
			--insecure-root q.roots.pem ${options:---at $AT}
		[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "schema input verdict tier tier_by_policy\
 tier_next tier_next_at reasons policy time as_of platform measurements report_data debug collateral checks\
 simulated tier_next_known" ]
	done
	printf '\003\000' >short
	run --separate-stderr "$ASSAY" verify short --json --at "$AT"
	[ "$(jq -r 'keys_unsorted | length' <<<"$output")" = 19 ]
	[ "$(jq -r '.measurements, .input.kind, .platform.fmspc, .debug | tostring' <<<"$output" | sort -u)" = null ]
}

@test "no line is wider than the terminal but for digests" {
	simulate a --tee tdx --status OutOfDate
	simulate b --status ConfigurationNeeded --advisory INTEL-SA-00615
	: >empty
	export COLUMNS=60
	{
		judge a --wide
		judge b --expect isv_svn=9 || true
		"$ASSAY" verify a.quote.bin || true
		"$ASSAY" verify a.quote.bin b.quote.bin empty nowhere --collateral a.collateral.json \
			--collateral b.collateral.json --insecure-root a.roots.pem --at "$AT" || true
		"$ASSAY" tcb a.quote.bin --collateral a.collateral.json --insecure-root a.roots.pem --at "$AT"
		"$ASSAY" tcb a.quote.bin --collateral a.collateral.json --insecure-root a.roots.pem --at "$AT" --history
		"$ASSAY" inspect a.quote.bin a.collateral.json
	} >all 2>&1
	[ "$(wc -l <all)" -gt 200 ]
	# Digests, keys and addresses have no blanks to break them at.
	LC_ALL=C.UTF-8 perl -CS -ne 'chomp; print "$_\n" if length > 60 && !/[0-9a-f]{32}/ && !/\S{45}/' <all >wide
	cat wide
	[ ! -s wide ]
	# JSON is not for people: one line.
	[ "$(judge a --json | wc -l)" -eq 1 ]
}

@test "a report is good without an end" {
	simulate r --tee ias
	report() {
		"$ASSAY" verify r.report.json --signature r.sig.b64 --certificates r.certificates.pem \
			--insecure-root r.roots.pem --at "$AT" "$@"
	}
	[ "$(report --json | jq -c '.time | [.valid_from, .valid_until]')" = '["2026-05-31T23:00:00Z",null]' ]
	run report
	[[ "$output" == *"holds from 2026-05-31T23:00:00Z, no end"* ]]
	[[ "$output" != *9999* ]]
}

@test "help names every option" {
	"$ASSAY" help verify | golden help-verify.txt
	"$ASSAY" help | golden help.txt
	for command in $("$ASSAY" help | awk '/^  [a-z]/ { print $1 }'); do
		run "$ASSAY" "$command" --help
		[ "$status" -eq 0 ]
		[[ "${lines[0]}" == "usage: assay $command"* ]]
	done
}

@test "the manual page is good mdoc and names every command, option, check and reason" {
	"$ASSAY" manual >assay.1
	mandoc -Tlint -Wwarning assay.1
	for command in $("$ASSAY" help | awk '/^  [a-z]/ { print $1 }'); do
		grep -q "^\.Ss $command\$" assay.1
	done
	"$ASSAY" explain --json | jq -r '.check[], .reason[]' | while read -r id; do
		grep -q "^\.It Li $id" assay.1 || { echo "$id"; false; }
	done
}

@test "completions are good shell and complete" {
	"$ASSAY" completions bash >assay.bash
	bash -n assay.bash
	# shellcheck disable=SC1091
	source assay.bash
	complete_words() {
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		COMPREPLY=()
		_assay
		echo "${COMPREPLY[*]}"
	}
	[ "$(complete_words assay ver)" = verify ]
	[ "$(complete_words assay verify --max)" = --max-tier ]
	[ "$(complete_words assay verify --policy ph)" = phala-chain ]
	[ "$(complete_words assay completions f)" = fish ]
	"$ASSAY" completions zsh | grep -q '^#compdef assay'
	[ "$("$ASSAY" completions fish | grep -c -- '-l collateral')" -eq 3 ]
	if command -v zsh; then "$ASSAY" completions zsh >_assay && zsh -n _assay; fi
	if command -v fish; then "$ASSAY" completions fish >assay.fish && fish -n assay.fish; fi
}

@test "version" {
	run "$ASSAY" --version
	[[ "$output" == "assay "[0-9]*.[0-9]*.[0-9]* ]]
}

@test "a full disk is an error" {
	[ -e /dev/full ] || skip "there is no /dev/full"
	run bash -c '"$0" explain >/dev/full' "$ASSAY"
	[ "$status" -eq 4 ]
}
