#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The commands on a register, offline over a store: a whole life, and what each of them shows.

# shellcheck disable=SC2154,SC2031,SC2030
load helper
load register.bash

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	register_files
}

setup() {
	cp -r "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR/files"
	cd "$BATS_TEST_TMPDIR/files" || return
	export COLUMNS=100
}

show() {
	"$ASSAY" register show "${STORE[@]}" --json
}

@test "genesis is shown before it is made, and says what is fixed for ever" {
	"$ASSAY" register init --genesis genesis.json --print-genesis >printed
	[ ! -e store ]
	grep -q '^roots .*SIMULATED.*fixed for ever$' printed
	grep -q '^ *nonce_age 20 blocks, in the table 1000 blocks; fixed for ever$' printed
	grep -q '^council  *2 of 3 must approve$' printed
	"$ASSAY" register init --genesis genesis.json --print-genesis --json >printed.json
	init
	diff <(jq 'del(.block_id)' printed.json) <(show | jq 'del(.block_id)')
	[ "$(show | jq -r .height)" = 0 ]
	[ "$(show | jq -r '.supply | .balances + .treasury')" = 2500000 ]
	head -n 1 log.checkpoint | grep -qx example.org/register
}

@test "one description gives one register, whatever the order of its lists" {
	init
	genesis_with '.council.members |= reverse | .accounts |= reverse | .parameters |= (to_entries | reverse | from_entries)'
	[ "$("$ASSAY" register init --genesis changed.json --print-genesis --json | jq -r .id)" = "$(show | jq -r .id)" ]
	genesis_with '.treasury += 1'
	[ "$("$ASSAY" register init --genesis changed.json --print-genesis --json | jq -r .id)" != "$(show | jq -r .id)" ]
}

@test "a whole life: collateral, registration, bond, start, answer, pay, pause, withdrawal, stop" {
	init
	bring_collateral
	enroll worker
	w=$(worker_of worker)
	"$ASSAY" worker show "${w:0:6}" "${STORE[@]}" >shown
	grep -q '^admitted ' shown
	grep -q '^tier  *1, UpToDate$' shown
	"$ASSAY" worker list "${STORE[@]}" --tier 1-3 --state online | grep -q "^admitted  *online  *1  *UpToDate .*${w:0:16}$"
	"$ASSAY" worker list "${STORE[@]}" --tier 4,5 | grep -qx 'there is no such worker'
	answer worker
	[ "$("$ASSAY" worker show "$w" "${STORE[@]}" --json | jq -r .answers)" = 1 ]
	# An epoch ends, all of its answers are judged, and a later answer pays what is owed.
	for _ in $(seq 12); do
		[ "$("$ASSAY" stake show @operator.key "${STORE[@]}" --json | jq -r .balance)" -le 995000 ] || break
		answer worker
	done
	[ "$("$ASSAY" stake show @operator.key "${STORE[@]}" --json | jq -r .balance)" -gt 995000 ]
	refuses worker.state operator stake unbond "$w" --amount 1000
	pause worker
	"$ASSAY" worker show "$w" "${STORE[@]}" | grep -q '^not admitted  its operator announced maintenance'
	accepted operator stake unbond "$w" --amount 1000
	[ "$("$ASSAY" stake show @operator.key "${STORE[@]}" --json | jq -c '[.exits[] | [.number, .amount, .free]]')" = '[[1,1000,false]]' ]
	refuses exit.early operator stake withdraw 1
	cut_at +6s >/dev/null
	[ "$("$ASSAY" stake show @operator.key "${STORE[@]}" --json | jq -r '.exits[0].free')" = true ]
	accepted operator stake withdraw 1
	accepted operator tx start --worker "$w"
	accepted operator tx stop --worker "$w"
	[ "$("$ASSAY" worker show "$w" "${STORE[@]}" --json | jq -r .standing)" = cooling-down ]
	# What went in is what is there.
	show | jq -e '.supply | .balances + .stakes + .exits + .escrows + .treasury == .minted - .burnt'
}

@test "the council acts: proposed, approved, locked, in effect; each step is a sentence" {
	init
	accepted one gov propose set-parameter --parameter window --value 2 --reason "less time is enough"
	accepted two gov approve 1
	[ "$("$ASSAY" gov show 1 "${STORE[@]}" --json | jq -r .state)" = locked ]
	cut_at +11s >/dev/null
	cut_block --count 13 --every 1s >/dev/null
	[ "$("$ASSAY" gov show 1 "${STORE[@]}" --json | jq -r .state)" = "done" ]
	show | jq -e '.parameters[] | select(.name == "window") | .value == 2'
	accepted three program revoke worker --reason "a flaw"
	accepted one gov approve 2
	[ "$("$ASSAY" program show worker "${STORE[@]}" --json | jq -r .standing)" = revoked ]
	"$ASSAY" gov log "${STORE[@]}" >log
	sed -e 's/^[^ ]*  //' -e 's/[0-9a-f]\{16\}/ID/g' -e 's/20[0-9T:-]*Z/TIME/g' -e 's/ *\[entry [0-9]*\]//' log | diff - <(cat <<-'END'
		1  ID proposed to set window to 2 blocks, because "less time is enough"
		1  ID approved to set window to 2 blocks; it had its approvals
		1  proposal 1 took effect: set window to 2 blocks
		2  ID proposed to revoke program "worker" version 1 (ID), because "a flaw"
		2  ID approved to revoke program "worker" version 1 (ID); it took effect at once, and ends at TIME unless it is confirmed
	END
	)
	[ "$("$ASSAY" gov log "${STORE[@]}" --json | jq -r '[.[].step] | join(" ")')" = "proposed approved took-effect proposed approved" ]
	"$ASSAY" gov list "${STORE[@]}" | grep -q '^done  *1  *2 .*set window to 2 blocks$'
	accepted one gov propose pause-slashing --reason "an outage"
	accepted one gov withdraw 3
	[ "$("$ASSAY" gov show 3 "${STORE[@]}" --json | jq -r .approvals)" = 0 ]
}

@test "every act can be proposed from options" {
	init
	bring_collateral
	enroll worker
	w=$(worker_of worker)
	i=0
	while read -r arguments; do
		i=$((i + 1))
		# shellcheck disable=SC2086 # options are words
		"$ASSAY" gov propose $arguments --reason test "${STORE[@]}" --key one.key --dry-run --at +1s --json >try.json ||
			[ "$(jq -r .result.code try.json)" = act.changes-nothing ] || [ "$(jq -r .result.code try.json)" = slash.unknown ]
		jq -r '"\(.arguments.act): \(.arguments.arguments) \(.result.code)"' try.json
		jq -e '.arguments.arguments | type == "object"' try.json >/dev/null
	done <<-END
		allow-program --name next --version 2 --quote program.quote.bin --signer $(measured mrsigner)
		allow-program --name next --version 2 --quote program-td.quote.bin --signer $(measured mrsigner) --mitigates INTEL-SA-00615,INTEL-SA-00617 --valid-from +1d
		allow-program --name next --version 3 --mrenclave $(printf '11%.0s' {1..32}) --mrsigner $(measured mrsigner) --isv-prod-id 1 --isv-svn 2 --signer $(measured mrsigner)
		retire-program --program worker --notice +1d --retire +2d
		revoke-program --program worker
		add-signer --signer $(printf '22%.0s' {1..32}) --name another
		revoke-signer --signer $(measured mrsigner)
		set-policy --document confidence-2026
		set-parameter --parameter lapse_grace --value 2h
		raise-tcb-number --number 18
		deny --kind advisory --value INTEL-SA-00615
		deny --kind status --value OutOfDate
		deny --kind component --value 00906ed50000:3:14
		deny --kind program --value worker
		undeny --kind fmspc --value 00906ed50000
		force-offline --worker $w
		force-offline --worker ${w:0:8} --force no
		pause-slashing
		return-slash --epoch 1 --worker $w --height 5
		replace-council --threshold 2 --members @one.key,@two.key
		rotate-log --new-log-key @witness.key
		set-validators --validators $(printf '33%.0s' {1..32}):10
		credit --account @other.key --amount 5 --reference deposit
		debit --account treasury --amount 5 --reference withdrawal
		activate-rules --rules 1 --height 1000
	END
	[ "$i" -eq 25 ]
}

@test "an app gets its workers" {
	init
	bring_collateral
	enroll worker
	accepted app app open --name shop --tiers finance --program worker --slots 1 --pay 10 --escrow 1000
	for _ in $(seq 30); do
		[ "$("$ASSAY" app show shop "${STORE[@]}" --json | jq -r .filled)" = 0 ] || break
		answer worker
	done
	"$ASSAY" app list "${STORE[@]}" | grep -q '^open  *shop  *1, 2, 3  *sgx, tdx  *1 of 1 '
	"$ASSAY" assign list "${STORE[@]}" --app shop --json | jq -e --arg w "$(worker_of worker)" '.[0] | .filled and .worker == $w'
	accepted app app fund shop --amount 50
	accepted app app change shop --tiers 1-5 --tees sgx --program worker --slots 1 --pay 20 --order cheapest
	[ "$("$ASSAY" app show shop "${STORE[@]}" --json | jq -c '[.tiers, .tees, .order]')" = '[[1,2,3,4,5],["sgx"],"cheapest"]' ]
	accepted app app close shop
	[ "$("$ASSAY" app show shop "${STORE[@]}" --json | jq -r .state)" = closed ]
	cut_block --count 26 --every 1s >/dev/null
	"$ASSAY" assign list "${STORE[@]}" --json | jq -e 'all(.[]; .filled | not)'
}

@test "a trial says what a block would, after those that wait, and changes nothing" {
	init
	before=$(show)
	for amount in 600000 500000; do
		"$ASSAY" tx transfer --to @other.key --amount "$amount" "${STORE[@]}" --key operator.key --dry-run --at +1s >tried
		grep -q '^accepted' tried
	done
	[ "$before" = "$(show)" ]
	"$ASSAY" tx transfer --to @other.key --amount 600000 "${STORE[@]}" --key operator.key | grep -q '^waits'
	[ "$(show | jq .queues.waiting)" = 1 ]
	run "$ASSAY" tx transfer --to @other.key --amount 500000 "${STORE[@]}" --key operator.key --dry-run --at +1s
	[ "$status" -eq 5 ]
	[[ "$output" == *"balance.short: the balance does not cover it"*"add to the balance"* ]]
	cut_block >cut
	[ "$(grep -c accepted cut)" -eq 1 ]
	[ "$("$ASSAY" stake show @other.key "${STORE[@]}" --json | jq .balance)" = 600000 ]
}

@test "a key that is elsewhere signs what was made here" {
	init
	"$ASSAY" tx transfer --to @other.key --amount 7 "${STORE[@]}" --sender @operator.key --unsigned made | grep -q '^unsigned'
	[ "$(show | jq .queues.waiting)" = 0 ]
	"$ASSAY" tx decode made --json | jq -e '.state == "unsigned" and .digest == null and .arguments.amount == 7'
	mkdir elsewhere
	mv operator.key elsewhere
	(cd elsewhere && "$ASSAY" tx sign ../made --key operator.key --out ../signed >said && grep -q '^  amount  *7$' said)
	"$ASSAY" tx decode signed --json | jq -e '.state == "decoded" and (.digest | length) == 64'
	"$ASSAY" tx send signed "${STORE[@]}" "${NEXT[@]}" | grep -q '^accepted'
	[ "$("$ASSAY" stake show @other.key "${STORE[@]}" --json | jq .balance)" = 7 ]
	# Another key's signature is one, and the register knows whose.
	"$ASSAY" tx transfer --to @other.key --amount 8 "${STORE[@]}" --sender @elsewhere/operator.key --unsigned made2 >/dev/null
	"$ASSAY" tx sign made2 --key app.key --out signed2 >/dev/null
	run "$ASSAY" tx send signed2 "${STORE[@]}" "${NEXT[@]}" --json
	[ "$status" -eq 5 ]
	[ "$(jq -r .result.code <<<"$output")" = transaction.key ]
}

@test "an agent signs what agents may" {
	init
	bring_collateral
	fails 2 "no account names it" tx endpoint --worker "$(printf 'ab%.0s' {1..32})" --endpoint x "${STORE[@]}" --key agent.key --agent
	accepted operator tx set-agent-key --new-key @agent.key
	enroll worker
	w=$(worker_of worker)
	accepted agent tx endpoint --worker "$w" --endpoint https://new.example --agent
	[ "$("$ASSAY" worker show "$w" "${STORE[@]}" --json | jq -r .endpoint)" = https://new.example ]
	refuses transaction.key agent tx transfer --to @other.key --amount 1 --agent
	accepted operator tx set-agent-key --new-key none
}

@test "a rotated key is found by its account" {
	init
	accepted operator tx rotate-key --new-key @other.key
	cut_block --count 3 --every 1s >/dev/null
	id=$("$ASSAY" key show operator.key --json | jq -r .id)
	accepted other tx transfer --to @app.key --amount 1
	[ "$(jq -r .sender sent.json)" = "$id" ]
}

@test "blocks: a second apart, signed where there is a key, of the clock where no time is given" {
	init
	cut_block --count 3 --every 5s --json >cut.json
	[ "$(jq -c '[.[].height]' cut.json)" = '[1,2,3]' ]
	[ "$(jq '.[2].time_ms - .[0].time_ms' cut.json)" = 10000 ]
	jq -e 'all(.[]; .signed)' cut.json
	"$ASSAY" block cut "${STORE[@]}" --at +1s --json | jq -e '.[0].signed == false'
	# A checkpoint for what was not signed comes with the next.
	cut_block --json | jq -e '.[0].signed and .[0].height == 5'
	fails 2 "clock" block cut "${STORE[@]}"
	"$ASSAY" block cut "${STORE[@]}" --accept-time --json | jq -e '.[0].height == 6'
}

@test "builds are confirmed and statements made" {
	init
	recipe=$(printf '44%.0s' {1..32})
	refuses build.recipe operator program confirm worker --recipe "$recipe"
	accepted one program allow --name second --version 2 --mrenclave "$(printf '11%.0s' {1..32})" \
		--mrsigner "$(measured mrsigner)" --isv-prod-id 1 --isv-svn 1 --signer "the team" --recipe "$recipe" --reason new
	accepted two gov approve 1
	cut_at +11s >/dev/null
	accepted operator program confirm second --recipe "$recipe"
	[ "$("$ASSAY" program show second "${STORE[@]}" --json | jq -r .confirmations)" = 1 ]
	"$ASSAY" program list "${STORE[@]}" | grep -q '^allowed  *second  *2  *sgx  *1 '
	"$ASSAY" signer list "${STORE[@]}" | grep -q '^listed  *the team '
	accepted operator tx statement --text "we looked into it" --proposal 1
	accepted one signer revoke "the team" --reason leaked
	accepted three gov approve 2
	"$ASSAY" signer list "${STORE[@]}" | grep -q '^revoked  *the team '
	[ "$("$ASSAY" program show second "${STORE[@]}" --json | jq -r .standing)" = signer-revoked ]
}
