#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay-sim play: the same seed gives the same register, each cheat is refused by the right check, and the audit says yes.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$ASSAY_SIM" play scene >played 2>errors || return
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# row NUMBER: what was tried, who refused, why; single blanks.
row() {
	sed -n '/^Eight cheats/,/^The audit/p' played | sed -n "s/^ $1  *//p" | tr -s ' '
}

# told SUBJECT: all that is told of it, one line each, without block and date.
told() {
	awk -v subject="$1" '$2 ~ /^[0-9][0-9]-[0-9][0-9]$/ { on = $4 == subject
		if (on) { $1 = $2 = $3 = $4 = ""; sub(/^ */, ""); print } }' played
}

@test "it says nothing on standard error, and fits in 80 columns" {
	[ ! -s errors ]
	run awk 'length($0) > 80' played
	[ "$output" = "" ]
	# No colours where there is no terminal.
	run grep -c "$(printf '\033')" played
	[ "$output" = 0 ]
}

@test "the genesis is printed as one of its own, with simulated roots and its parameters" {
	grep -q "SIMULATED roots" played
	grep -qE "^register    [0-9a-f]{64}$" played
	grep -qE "^parameters  epoch_blocks +24 " played
	grep -qE "^ +tcb_number +18 " played
}

@test "the same seed gives the same register, another seed another one" {
	rm -rf again && mkdir again
	(cd again && "$ASSAY_SIM" play scene >../replayed)
	diff played replayed
	# A directory that is there and empty will do.
	mkdir -p other
	"$ASSAY_SIM" play other --seed other >others
	for line in register "state root" "log root"; do
		[ "$(grep -c "^$line " played)" -eq 1 ]
		[ "$(grep "^$line " played)" != "$(grep "^$line " others)" ]
	done
}

@test "machines of all tiers are admitted, and two that may not be are refused" {
	for tier in 1 2 3 4 5; do
		grep -qE "worker-[0-9] +(SGX|TDX) [A-Za-z]+: tier $tier, bonded, online$" played
	done
	[ "$(grep -c "bonded, online$" played)" -eq 9 ]
	[ "$(told machine-r)" = "revoked PCK: evidence.refused (pck.revoked)" ]
	[ "$(told machine-d)" = "debug build: evidence.refused (policy.debug)" ]
}

@test "the vendor's update demotes a worker, and its app lets it go" {
	run told worker-3
	[ "${lines[1]}" = "tier 2; 4 once the new set is in force" ]
	[ "${lines[2]}" = "tier 4, was 2: appraised anew under set 19" ]
	told finance >lines
	slot=$(sed -n 's/^\(slot [0-2]\): worker-3, at 100 a day$/\1/p' lines)
	grep -qx "$slot: worker-3 is let go" lines
	grep -qx "$slot: worker-2, at 100 a day" lines
}

@test "maintenance costs nothing, silence does, a replacement keeps its stake, a denied one is out at once" {
	run told worker-6
	[ "${lines[1]}" = "paused for announced maintenance; stake 200000" ]
	[ "${lines[2]}" = "back from maintenance: online; stake 200000" ]
	run told worker-5
	[ "${lines[1]}" = "goes silent" ]
	[ "${lines[2]}" = "unresponsive, not admitted: it missed a window" ]
	[ "${lines[3]}" = "answers again: online; slashed 2000 of 200000" ]
	[ "${lines[4]}" = 'goes on as "worker" 2: online, stake 198000 kept' ]
	run told worker-9
	[ "${lines[1]}" = "suspended: it is denied" ]
	# In the block of the act.
	[ "$(awk '/ deny: at once/ { print $1 }' played)" = "$(awk '/suspended: it is denied/ { print $1 }' played)" ]
	[ "$(grep -c 'goes on as "worker" 2: online' played)" -eq 5 ]
}

@test "each cheat is refused, by whom and for what it should be" {
	[ "$(row 1)" = "one byte of a quote changed register evidence.refused: quote.signature" ]
	[ "$(row 2)" = "another machine's quote register evidence.report-data" ]
	[ "$(row 3)" = "last week's quote register evidence.nonce" ]
	[ "$(row 4)" = "a debug build register evidence.refused: policy.debug" ]
	[ "$(row 5)" = "a changed worker program register program.digest" ]
	[ "$(row 6)" = "an answer signed ahead register answer.signature" ]
	[[ $(row 7) == "an act left out of the log auditor it does not go on at entry "[1-9]* ]]
	[ "$(row 8)" = "a second history, same size auditor fork; the key's own file: conflict" ]
	[ -z "$(row 9)" ]
}

@test "the audit answers the three questions" {
	sed -n '/^The audit/,$p' played | tr -s ' \n' ' ' >answers
	grep -qE "genuine\? [1-9][0-9]* admitted; [1-9][0-9]* evidences verified to the vendor's root \(SIMULATED\), 0 failing; 7 refused" answers
	grep -qE "paid who is not\? [1-9][0-9]* payments of [1-9][0-9]* units, each traced to attested online work, 0 without; 1 slashed of 2000 units" answers
	grep -qE "team do\? 4 proposals, 4 acts that took effect, 0 changes without an entry" answers
	grep -q 'took effect: retire-program "worker" version 1' answers
}

@test "what is left can be used: keys without passphrases, and a checkpoint of the log's key" {
	run "$ASSAY" key show scene/keys/log.key
	[ "$status" -eq 0 ]
	[[ $output == *"play.example/log+"* ]]
	for name in council-1 operator-1 client worker-1; do
		run "$ASSAY" key show "scene/keys/$name.key"
		[ "$status" -eq 0 ]
		[[ $output == *"encrypted   NO"* ]]
	done
	[ "$(head -n 1 scene/keys/checkpoint)" = play.example/log ]
	# What was printed is what is signed for: the entries, and their root.
	[ "$(sed -n 's/^blocks .*, \([0-9]*\) entries$/\1/p' played)" = "$(sed -n 2p scene/keys/checkpoint)" ]
	[ "$(sed -n 's/^log root *//p' played)" = "$(sed -n 3p scene/keys/checkpoint | base64 -d | hex)" ]
	# The cheat's checkpoint is of another history.
	[ "$(sed -n 3p scene/fork/checkpoint)" != "$(sed -n 3p scene/keys/checkpoint)" ]
}

@test "the commands look at it, and their audit says yes as well" {
	run "$ASSAY" worker list --store scene/register
	[ "$status" -eq 0 ]
	[ "$(grep -c "^admitted" <<<"$output")" -eq 8 ]
	run "$ASSAY" gov log --store scene/register
	[ "$status" -eq 0 ]
	[[ $output == *"its operator sold access to the machine"* ]]
	run "$ASSAY" log audit --store scene/register --checkpoint scene/keys/checkpoint
	[ "$status" -eq 0 ]
	# By the same key and of the same size, but of another history.
	run "$ASSAY" log audit --store scene/register --checkpoint scene/fork/checkpoint
	[ "$status" -ne 0 ]
}

@test "README shows the cheats as they come out, and its commands run" {
	sed -n '/^    what was tried/,/^ 8 /p' played | sed 's/entry [0-9]*$/entry N/' >told
	sed -n '/^    what was tried/,/^ 8 /p' "$ASSAY_SOURCE/README.md" | sed 's/entry [0-9]*$/entry N/' | diff - told
	mkdir -p build tmp
	ln -sf "$ASSAY" build/assay
	ln -sf "$ASSAY_SIM" build/assay-sim
	mapfile -t commands < <(awk '/^## A register, eight/ { on = 1; next } /^## / { on = 0 } on && /^    build/' \
		"$ASSAY_SOURCE/README.md" | sed -e 's/^ *//' -e 's,/tmp/,tmp/,g')
	[ "${#commands[@]}" -eq 3 ]
	for command in "${commands[@]}"; do
		run sh -c "$command"
		[ "$status" -eq 0 ]
	done
}

@test "a directory that has something in it is refused, and what is there stays" {
	mkdir -p full && echo mine >full/file
	run --separate-stderr "$ASSAY_SIM" play full
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ ${stderr:?} == *"full is no empty directory"* ]]
	[ "$(ls full)" = file ]
	for wrong in "" "a b" "--seed" "a --out b" "missing/a"; do
		# shellcheck disable=SC2086 # the words are arguments
		run "$ASSAY_SIM" play $wrong
		[ "$status" -eq 2 ]
	done
}
