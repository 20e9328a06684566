#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay log: proofs that a stranger verifies, the audit's three answers, witnesses; and who is refused.

# shellcheck disable=SC2154,SC2031,SC2030
load helper
load register.bash

# Once for the file: a register with a worker that has answered, an act, and its published log.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	register_files
	init
	bring_collateral
	enroll worker
	answer worker
	accepted one gov propose deny --kind advisory --value INTEL-SA-99999 --reason "a precaution"
	accepted two gov approve 1
	cut_block >/dev/null
	# What is drawn follows from keys that are new each time: whatever it missed meanwhile, now it is online.
	answer worker
	"$ASSAY" log publish tiles "${HEAD[@]}" >published
}

HEAD=(--store store --checkpoint log.checkpoint)

setup() {
	cp -r "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR/files"
	cd "$BATS_TEST_TMPDIR/files" || return
	export COLUMNS=100
	vkey=$("$ASSAY" key show log.key --json | jq -r .verifier)
	w=$(worker_of worker)
}

log() {
	"$ASSAY" log "$@"
}

# change FILE OFFSET: one bit of it.
change() {
	perl -e 'open(F, "+<", $ARGV[0]); binmode F; seek F, $ARGV[1], 0; read F, $c, 1; seek F, $ARGV[1], 0; print F chr(ord($c) ^ 1)' "$@"
}

@test "the checkpoint is the last signed note, and the tiles hold the same" {
	log checkpoint "${HEAD[@]}" >note
	cmp note log.checkpoint
	cmp note tiles/checkpoint
	log checkpoint --tiles tiles --out copy
	cmp note copy
	fails 2 "--checkpoint is missing" log checkpoint --store store
	fails 2 "--store is missing" log checkpoint --checkpoint log.checkpoint
	fails 2 "both --store and --tiles" log checkpoint "${HEAD[@]}" --tiles tiles
}

@test "what no checkpoint covers yet can be signed for" {
	"$ASSAY" block cut --store store --at +1s >/dev/null
	log checkpoint "${HEAD[@]}" 2>said >old
	grep -q 'are not under this checkpoint yet' said
	fails 4 "no checkpoint covers yet" log prove worker "$w" "${HEAD[@]}"
	log checkpoint "${HEAD[@]}" --key log.key --accept-time >new
	[ "$(sed -n 2p new)" -gt "$(sed -n 2p old)" ]
	log prove worker "$w" "${HEAD[@]}" --out proof
}

@test "an entry is proved from a store and from tiles, and verified with the log's key alone" {
	size=$(sed -n 2p log.checkpoint)
	for i in 0 1 7 $((size - 1)); do
		log prove entry "$i" "${HEAD[@]}" --out a
		log prove entry "$i" --tiles tiles --out b
		cmp a b
		log entries --store store --from "$i" --count 1 --raw >entry
		log verify a --log "$vkey" | grep -q "^entry  *$i, $(wc -c <entry) bytes, is in the log$"
		# As other tools write it: without the entry.
		grep -v '^extra ' a >bare
		log verify bare --log "$vkey" --entry entry >/dev/null
		fails 2 "is not at hand" log verify bare --log "$vkey"
		change entry 0
		fails 3 "proves nothing" log verify bare --log "$vkey" --entry entry
	done
	fails 2 "cannot be proved" log prove entry "$size" "${HEAD[@]}"
	fails 2 "is no index" log prove entry first "${HEAD[@]}"
	fails 2 "about no worker" log verify a --log "$vkey" --tier 3
}

@test "a worker is proved, in less than 6 KB, to who has the log's key alone" {
	log prove worker "${w:0:8}" "${HEAD[@]}" --tier 2 --out proof
	[ "$(wc -c <proof)" -lt 6000 ]
	log verify proof --log "$vkey" --worker "$w" --tier 2 >shown
	grep -qx "worker  *$w" shown
	grep -qx 'standing  *admitted at tier 1' shown
	grep -q "^agreement key  *$AGREEMENT$" shown
	[ "$(log verify proof --log log.key --json | jq -c '[.worker.standing, .worker.tier, .quorum, .worker.followed]')" = '["admitted",1,null,true]' ]
	log prove worker "$w" "${HEAD[@]}" --whole --out whole
	[ "$(log verify whole --log "$vkey" --json | jq '.worker.rows + .worker.absences')" -gt 9 ]
	# Bytes here and there; every one is tried by another test.
	for at in 80 300 900 2000 "$(($(wc -c <proof) - 20))"; do
		cp proof changed
		change changed "$at"
		fails 3 "" log verify changed --log "$vkey"
	done
	"$ASSAY" key new --kind log --name example.org/register --no-passphrase stranger.key >/dev/null
	fails 3 "no log whose key is known" log verify proof --log stranger.key
	fails 3 "about another worker" log verify proof --log "$vkey" --worker "$(printf '00%.0s' {1..32})"
	fails 2 "nobody said which log" log verify proof
	fails 2 "is no verifier key of a log" log verify proof --log witness.key
	fails 2 "cannot be proved from --tiles" log prove worker "$w" --tiles tiles
}

@test "who is out, and who is not there, is proved as well" {
	accepted operator tx stop --worker "$w"
	log prove worker "$w" "${HEAD[@]}" --out proof 2>said
	grep -q 'not admitted: it is not online' said
	log verify proof --log "$vkey" | grep -qx 'standing  *not admitted: it is not online'
	run log verify proof --log "$vkey" --tier 5
	[ "$status" -eq 1 ]
	fails 1 "is not admitted at tier 5" log prove worker "$w" "${HEAD[@]}" --tier 5
	nobody=$(printf '5a%.0s' {1..32})
	log prove worker "$nobody" "${HEAD[@]}" --out absent 2>/dev/null
	log verify absent --log "$vkey" --worker "$nobody" | grep -qx 'standing  *there is no such worker'
	[ "$(log verify absent --log "$vkey" --json | jq -c '[.worker.standing, .worker.absences]')" = '["absent",1]' ]
}

@test "witnesses are asked, answer, and are counted by a trust policy" {
	log cosign "${HEAD[@]}" --request request
	head -n 1 request | grep -qx 'old 0'
	# The auditor is one: he replays, and cosigns what he has replayed.
	log audit --tiles tiles --key witness.key --out cosigned >/dev/null
	head -n "$(wc -l <log.checkpoint)" cosigned | cmp - log.checkpoint
	tail -n 1 cosigned >answer
	log cosignatures add answer "${HEAD[@]}" --out both
	cmp both cosigned
	fails 3 "nor was anything else" log cosignatures add answer --store store --checkpoint cosigned
	sed 's/.....$/AAAA=/' answer >forged
	fails 3 "nor was anything else" log cosignatures add forged "${HEAD[@]}"
	log prove worker "$w" --store store --checkpoint cosigned --out proof
	printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$("$ASSAY" key show witness.key --json | jq -r .verifier)" >policy
	log verify proof --witnesses policy --tier 1 --max-age 1h | grep -q '^witnesses  *1 cosignature, the oldest of .*: enough$'
	[ "$(log verify proof --witnesses policy --json | jq -c '[.quorum, .cosignatures[0].witness]')" = '[true,"witness.example"]' ]
	# Too old; not there at all.
	run log verify proof --witnesses policy --max-age 1h --at 2100-01-01
	[ "$status" -eq 1 ]
	[[ "$output" == *"NOT what the policy wants"* ]]
	log prove worker "$w" "${HEAD[@]}" --out plain
	run log verify plain --witnesses policy
	[ "$status" -eq 1 ]
	fails 2 "cannot be used" log verify plain --log "$vkey" --max-age 1h
	printf 'quorum w\n' >policy
	fails 2 "is no trust policy" log verify proof --witnesses policy
	# Later: from the checkpoint that this witness has.
	cut_block >/dev/null
	log cosign "${HEAD[@]}" --old-checkpoint cosigned --request request
	head -n 1 request | grep -qx "old $(sed -n 2p cosigned)"
	fails 2 "is ahead of the checkpoint" log cosign --store store --checkpoint cosigned --old-checkpoint log.checkpoint --request r
}

@test "the audit answers three questions, from a store and from tiles" {
	log audit "${HEAD[@]}" --verbose >a
	log audit --tiles tiles --verbose >b
	diff a b
	grep -qx 'Are all workers genuine?' a
	grep -qx '    Yes: 1 worker is admitted of 1;' a
	grep -q '1 piece of evidence was verified to the roots of genesis, 0 failing' a
	grep -q 'SIMULATED' a
	grep -qx 'Was anyone paid who is not?' a
	grep -q '^    No: ' a
	grep -qx 'What did the team do?' a
	grep -q '^    entry [0-9]*, .*: deny .*because "a precaution"' a
	log audit --tiles tiles --log "$vkey" --json --verbose >json
	jq -e '.honest and .workers.answer and .payments.answer and .workers.failing == 0 and .payments.without == 0 and
		.team.without_entry == 0 and .workers.evidences == 1 and (.workers.entries | length) == 1 and
		(.key_from_log | not) and (.team.acts | length) > 0' json
	i=$(jq '.workers.entries[0]' json)
	[ "$(log entries --store store --json --from "$i" --count 1 | jq -r .kind)" = register ]
	log audit --tiles tiles --register "$(jq -r .register json)" >/dev/null
	fails 3 "register's genesis" log audit --tiles tiles --register "$(printf '00%.0s' {1..32})"
	log audit --tiles tiles --old-checkpoint tiles/checkpoint >/dev/null
}

@test "an entry that was changed, and a history that was replaced, are found" {
	cp -r tiles forged
	bundle=$(find forged/tile/entries -type f | sort | tail -n 1)
	change "$bundle" $(($(wc -c <"$bundle") - 40))
	fails 4 "is wrong" log audit --tiles forged
	cp -r tiles other
	change other/checkpoint $(($(wc -c <other/checkpoint) - 20))
	fails 3 "" log audit --tiles other
	# The same team, another history.
	mv store store.old
	mv log.checkpoint log.checkpoint.old
	init
	cut_block --count 50 >/dev/null
	fails 3 "two histories" log audit "${HEAD[@]}" --old-checkpoint log.checkpoint.old
	fails 3 "another history" log checkpoint --store store --checkpoint log.checkpoint.old
}

@test "an auditor follows a log that grows, and cosigns" {
	log audit --tiles tiles --follow --interval 100ms --rounds 20 --key witness.key --out cosigned >said &
	auditor=$!
	while [ ! -s cosigned ]; do sleep 0.1; done
	first=$(sed -n 2p cosigned)
	cut_block >/dev/null
	log publish tiles "${HEAD[@]}" >/dev/null
	wait "$auditor"
	[ "$(sed -n 2p cosigned)" -gt "$first" ]
	grep -q 'entries: cosigned$' said
	fails 2 "needs published tiles" log audit "${HEAD[@]}" --follow
	fails 2 "--out is missing" log audit "${HEAD[@]}" --key witness.key
	fails 2 "not the key of a witness" log audit "${HEAD[@]}" --key log.key --out x
}

@test "entries are read as lines of text and of JSON" {
	log entries --store store >text
	log entries --tiles tiles --json >json
	[ "$(wc -l <text)" -eq "$(sed -n 2p log.checkpoint)" ]
	[ "$(wc -l <json)" -eq "$(wc -l <text)" ]
	head -n 1 text | grep -qx '0  block 0  genesis of "test"'
	grep -q '  transaction register by .*: accepted$' text
	jq -e 'select(.kind == "gov" or .kind == "propose") | .arguments.reason == "a precaution"' json | grep -q true
	[ "$(log entries --store store --from 5 --count 2 | cut -d ' ' -f 1 | tr '\n' ' ')" = "5 6 " ]
	[ -z "$(log entries --store store --from 100000)" ]
	fails 2 "cannot be understood" log entries --store store --from x
}

@test "words that are none are refused with what they might be" {
	fails 2 "checkpoint" log checkpiont
	fails 2 "cannot be understood" log prove worker
	fails 2 "cannot be understood" log prove house 1 "${HEAD[@]}"
	fails 2 "cannot be understood" log cosignatures remove x
	fails 2 "--request is missing" log cosign "${HEAD[@]}"
}

@test "another policy: who would rise, drop and be out" {
	[ "$("$ASSAY" policy eval --store store --policy confidence | head -n 1)" = \
		"0 would rise, 0 would drop, 0 would be out, 0 would be let in if they attest, 1 stay as they are" ]
	jq -n '{schema: "assay.policy/1", name: "worse", tiers: {UpToDate: 4}}' >worse.json
	"$ASSAY" policy eval --store store --policy worse.json | grep -q "^${w:0:16} .* 1 *4 *drop"
	jq -n '{schema: "assay.policy/1", name: "none", tiers: {}}' >none.json
	"$ASSAY" policy eval --store store --policy none.json --json |
		jq -e --arg w "$w" '.out == 1 and .workers[0].id == $w and .workers[0].tier == 1 and .workers[0].tier_then == null and .policy.name == "none"'
	fails 2 "--policy is missing" policy eval --store store
	fails 2 "--store is missing" policy eval --policy confidence
}
