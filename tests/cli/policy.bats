#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay policy: documents, their digests and their differences.

# shellcheck disable=SC2094
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "presets are listed with the digest of their canonical document" {
	"$ASSAY" policy list --json >list
	[ "$(jq length list)" -eq 3 ]
	for name in $(jq -r '.[].name' list); do
		digest=$("$ASSAY" policy show "$name" | head -c -1 | sha256sum | cut -d' ' -f1)
		[ "$(jq -r --arg n "$name" '.[] | select(.name == $n) | .sha256' list)" = "$digest" ]
	done
}

@test "a document made pretty has the same digest" {
	"$ASSAY" policy show confidence | jq . >p.json
	[ "$("$ASSAY" policy check p.json --json | jq -r .sha256)" = \
		"$("$ASSAY" policy list --json | jq -r '.[0].sha256')" ]
}

@test "what is no policy exits with 2 and a reason" {
	for document in '{' '[]' '{"schema":"assay.policy/1","name":"x","unknown":1}' '{"schema":"assay.policy/2","name":"x"}'; do
		echo "$document" >p.json
		run "$ASSAY" policy check p.json
		[ "$status" -eq 2 ]
		[[ "$output" == *"cause: "* ]]
	done
}

@test "the offending member is named by its path" {
	while IFS='|' read -r change cause; do
		"$ASSAY" policy show confidence | jq ".name = \"mine\" | $change" >p.json
		run --separate-stderr "$ASSAY" policy check p.json
		echo "$change: $stderr"
		[ "$status" -eq 2 ]
		[[ "$stderr" == *"cause: $cause"* ]]
	done <<-'END'
		.advisories.whitelsit = []|advisories.whitelsit: unknown member
		.tiers.UpToDate = "1"|tiers.UpToDate: wrong type
		.tiers.UpToDate = 9|tiers.UpToDate: out of range
		del(.advisories.critical[0].id)|advisories.critical[0].id: missing member
	END
	echo '{"schema":"assay.policy/1","name":"x","tiers":{"UpToDate":1,"UpToDate":1}}' >p.json
	run --separate-stderr "$ASSAY" policy check p.json
	[[ "$stderr" == *"cause: tiers.UpToDate: repeated member"* ]]
}

@test "differences are shown, and decide about the exit code" {
	run "$ASSAY" policy diff confidence confidence
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run "$ASSAY" policy diff confidence phala-chain --json
	[ "$status" -eq 1 ]
	jq -e 'map(.member) | index("advisories.count_from_tier") != null' <<<"$output"
}

@test "a policy of one's own is used and named" {
	"$ASSAY" policy show confidence | jq '.name = "mine" | .permit = ["debug"]' >p.json
	simulate q --debug
	run --separate-stderr judge q --policy p.json --json
	[ "$status" -eq 0 ]
	[ "$(jq -r .policy.name <<<"$output")" = mine ]
}

@test "other words than list, show, check and diff are refused" {
	run "$ASSAY" policy lst
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean list"* ]]
	run "$ASSAY" policy show
	[ "$status" -eq 2 ]
}

@test "a missing operand is named, not guessed at" {
	while IFS='|' read -r words cause synopsis; do
		# shellcheck disable=SC2086
		run "$ASSAY" policy $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[[ "$output" == *"cause: $cause"*"fix: write \`assay policy $synopsis"* ]]
		[[ "$output" != *"did you mean"* ]]
	done <<-'END'
		check|the policy's file is missing|check FILE
		show|the policy's name or file is missing|show NAME
		diff|both policies are missing|diff A B
		diff a|the second policy is missing|diff A B
		list a|it is one word too many|list
	END
}
