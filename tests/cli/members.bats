#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The table of members (src/cmd/members.def) and doc/result.md say of the JSON what is so.

# shellcheck disable=SC2094,SC2154,SC2317
load helper
load register.bash

# Once for the file: the table, as the command explains it.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$ASSAY" explain --json >ids
	jq -r '.member[]' ids | while read -r id; do
		"$ASSAY" explain "$id" --json | jq -c --arg id "$id" 'select(.kind == "member" and .id == $id)'
	done | jq -s . >table
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	ids=$BATS_FILE_TMPDIR/ids
	table=$BATS_FILE_TMPDIR/table
}

# compare ALL: the objects in the file `objects` fit the table; ALL true: and the table has no more.
compare() {
	jq -rs --slurpfile t "$table" --slurpfile i "$ids" --argjson all "$1" \
		'$t[0] as $table | $i[0] as $ids | [.[] | if type == "array" then .[] else . end] | '"$(cat "$ASSAY_SOURCE/tests/cli/members.jq")" \
		<objects >misfits
	cat misfits
	[ ! -s misfits ]
}

# What a command writes, to either end, is a line of `objects`; its exit code is not looked at.
keep() {
	"$@" --json >>objects 2>&1 || true
}

judge_report() {
	keep "$ASSAY" verify "$1.report.json" --signature "$1.sig.b64" --certificates "$1.certificates.pem" \
		--insecure-root "$1.roots.pem" --at "$AT"
}

compare_levels() {
	local name=$1
	shift
	keep "$ASSAY" tcb "$name.quote.bin" --collateral "$name.collateral.json" --insecure-root "$name.roots.pem" \
		--at "$AT" "$@"
}

simulated_quotes() {
	local arguments i=0
	while read -r arguments; do
		i=$((i + 1))
		# shellcheck disable=SC2086 # options are words
		simulate "q$i" $arguments
		keep judge "q$i"
		compare_levels "q$i"
	done <<'END'
--tee sgx --version 3
--tee sgx --version 4 --status OutOfDate
--tee sgx --version 5 --status ConfigurationNeeded --advisory INTEL-SA-00615
--tee sgx --ca processor
--tee sgx --tcb-info-version 2 --status OutOfDate
--tee sgx --advisory INTEL-SA-00088
--tee sgx --debug
--tee sgx --qe-status OutOfDate
--tee tdx --version 4 --status OutOfDate
--tee tdx --version 5 --body 2
--tee tdx --version 5 --body 3 --status TDRelaunchAdvised
--tee tdx --version 5 --body 4
--tee tdx --module-status OutOfDate
--break quote.version
--break quote.signature
--break pck.extension
--break pck.present
--break qe-report.binding
--break tcb.level
--break tcb.revoked
END
}

simulated_reports() {
	"$ASSAY_SIM" quote --seed cli --tee ias --at "$AT" --out r1 --linkable --nonce abc >/dev/null
	"$ASSAY_SIM" quote --seed cli --tee ias --at "$AT" --out r2 --status GROUP_OUT_OF_DATE >/dev/null
	"$ASSAY_SIM" quote --seed cli --tee ias --at "$AT" --out r3 --version 3 >/dev/null
	judge_report r1
	judge_report r2
	judge_report r3
	"$ASSAY_SIM" quote --seed cli --tee epid --at "$AT" --out e >/dev/null
	keep "$ASSAY" verify e.quote.bin --at "$AT"
}

# A newer set, and a policy that says when it comes into force and holds SGX to tier 3.
looking_ahead() {
	simulate newer --evaluation-number 19
	"$ASSAY" policy show confidence | jq -c '.name = "mine" | .tier_next_at = "2026-07-01T00:00:00Z" |
		.ceilings = [{tee: "sgx", tier: 3, word: "why"}]' >policy.json
	simulate held --status ConfigurationNeeded
	keep judge held --policy policy.json --collateral newer.collateral.json
}

# Other dates, no collateral, no evidence.
simulated_circumstances() {
	keep "$ASSAY" verify q1.quote.bin --collateral q1.collateral.json --insecure-root q1.roots.pem --at 2030-01-01
	keep "$ASSAY" verify q6.quote.bin --collateral q6.collateral.json --insecure-root q6.roots.pem --at 2030-01-01
	keep "$ASSAY" verify q1.quote.bin --insecure-root q1.roots.pem --at "$AT"
	printf '\003\000' >short
	echo '{"isvEnclaveQuoteBody":"AA"}' >hollow
	keep "$ASSAY" verify hollow --at "$AT"
	keep "$ASSAY" verify short --at "$AT"
	keep "$ASSAY" verify q1.quote.bin q2.quote.bin --at "$AT"
}

histories() {
	"$ASSAY_SIM" quote --seed cli --at 2025-06-01T00:00:00Z --out old >/dev/null
	keep "$ASSAY" tcb q1.quote.bin --history --insecure-root q1.roots.pem --collateral old.collateral.json \
		--collateral q1.collateral.json
	compare_levels q6 --history
	compare_levels q19 --history
}

# Of each type of field one that holds, one that differs, one that the evidence does not have.
expectations() {
	keep judge q1 --expect isv_prod_id=1 --expect "mrsigner=$(printf 'ab%.0s' {1..32})" \
		--expect "mrtd=$(printf '00%.0s' {1..48})"
	keep "$ASSAY" verify r1.report.json --signature r1.sig.b64 --certificates r1.certificates.pem \
		--insecure-root r1.roots.pem --at "$AT" --expect nonce=abc
}

errors() {
	keep "$ASSAY" verify nowhere
	keep "$ASSAY" explain nothing-of-that-name
	keep "$ASSAY" tcb short
	# Of a forgery no fix is said; an input that cannot be judged stands in the array.
	keep "$ASSAY" tcb hollow
	keep "$ASSAY" verify nowhere q1.quote.bin --at "$AT"
	{ cat q1.quote.bin && head -c 100 /dev/zero; } >padded
	keep "$ASSAY" verify padded --at "$AT"
}

# What is sent to the register, or tried.
keep_sent() {
	keep "$ASSAY" "$@" "${STORE[@]}"
}

# A register with something of everything: two workers, one of which falls short and then leaves; acts that
# took effect, wait, and ended; an app, an exit, a rotation.
registers() {
	register_files
	keep "$ASSAY" register init "${STORE[@]}" --genesis genesis.json --key log.key --checkpoint log.checkpoint
	bring_collateral
	cat sent.json >>objects
	enroll worker
	simulate late --status OutOfDate --index 1
	"$ASSAY" tx collateral --collateral late.collateral.json "${STORE[@]}" --key operator.key "${NEXT[@]}" --json >>objects || true
	enroll worker2 --status OutOfDate --index 1
	keep_sent worker list
	keep_sent worker show "$(worker_of worker2)"
	cat worker.binding.json >>objects
	# Stake is taken off a worker that nobody asks; it works again before the app looks for one.
	answer worker
	pause worker
	accepted operator stake unbond "$(worker_of worker)" --amount 10
	keep_sent stake show @operator.key
	accepted operator tx start --worker "$(worker_of worker)"
	accepted app app open --name shop --tiers 1-5 --program worker --slots 1 --pay 10 --escrow 1000
	answer worker
	accepted operator tx stop --worker "$(worker_of worker2)"
	# It has left when its stake is free; soon after, its row is forgotten.
	cut_at +6s >/dev/null
	keep_sent worker list
	accepted one gov propose set-parameter --parameter window --value 2 --reason test
	accepted two gov approve 1
	keep_sent gov list
	cut_at +11s >/dev/null
	accepted one gov propose pause-slashing --reason test
	keep_sent tx transfer --to @app.key --amount 1 --key operator.key --unsigned made
	cat made >>objects
	keep_sent tx transfer --to @app.key --amount 1 --key operator.key
	keep_sent block cut --key log.key --checkpoint log.checkpoint --at +1s
	cut_block --count 3 --every 5s >/dev/null
	keep_sent tx transfer --to @app.key --amount 999999999 --key operator.key --dry-run --at +1s
	keep_sent worker list
	for what in "gov list" "gov log" "program list" "signer list" "app list" "assign list" "register show"; do
		# shellcheck disable=SC2086 # words
		keep_sent $what
	done
}

# Its log: proofs of all kinds, an audit, entries; another policy, before and after the evidence's dates.
logs() {
	local head=("${STORE[@]}" --checkpoint log.checkpoint) vkey
	vkey=$("$ASSAY" key show log.key --json | jq -r .verifier)
	"$ASSAY" log publish tiles "${head[@]}" >/dev/null
	keep "$ASSAY" log audit --tiles tiles --key witness.key --out cosigned
	keep "$ASSAY" log audit --tiles tiles --verbose
	keep "$ASSAY" log entries --tiles tiles
	printf 'witness w %s\nquorum w\n' "$("$ASSAY" key show witness.key --json | jq -r .verifier)" >trust
	for id in "$(worker_of worker)" "$(printf '5a%.0s' {1..32})"; do
		"$ASSAY" log prove worker "$id" "${STORE[@]}" --checkpoint cosigned --out proof 2>/dev/null
		keep "$ASSAY" log verify proof --log "$vkey" --witnesses trust
	done
	"$ASSAY" log prove entry 0 "${head[@]}" --out proof
	keep "$ASSAY" log verify proof --log "$vkey"
	jq -n '{schema: "assay.policy/1", name: "none", tiers: {}}' >none.json
	keep "$ASSAY" policy eval "${STORE[@]}" --policy none.json
	keep "$ASSAY" policy eval "${STORE[@]}" --policy confidence-2026
	cut_at +40d >/dev/null
	"$ASSAY" log prove worker "$(worker_of worker)" "${head[@]}" --out proof 2>/dev/null
	keep "$ASSAY" log verify proof --log "$vkey"
	keep "$ASSAY" policy eval "${STORE[@]}" --policy confidence-2026
}

@test "every member of every schema is in the table, as it is written, and no other" {
	registers
	logs
	simulated_quotes
	simulated_reports
	looking_ahead
	simulated_circumstances
	histories
	expectations
	errors
	[ "$(jq -s 'length' objects)" -gt 60 ]
	compare true
}

@test "the comparison finds a member too many, one of another type and a null that may not be" {
	simulate q
	judge q --json >good
	for change in '.more = 1' '.platform.shortfall = [{"other": 1}]' '.tier = "2"' '.debug = 0' '.verdict = "good"' \
		'.simulated = null' '.time.at = "today"' '.reasons = ["no-such-id"]'; do
		jq -c "$change" good >objects
		run compare false
		echo "$change: $output"
		[ "$status" -ne 0 ]
	done
	cp good objects
	compare false
	run compare true
	[[ "$output" == *"never occurs"* ]]
}

# The commands of doc/result.md, one a line, with /tmp of its own, and what it says that they print.
example_commands() {
	awk '/^```/ { fenced = !fenced } !fenced && /^    /' "$ASSAY_SOURCE/doc/result.md" | sed -e 's/^    //' -e "s,/tmp/,tmp/,g" |
		sed -e ':a' -e '/\\$/N' -e 's/\\\n *//' -e 'ta'
}

example_output() {
	awk '/^```json$/ { on = 1; next } /^```$/ { on = 0 } on' "$ASSAY_SOURCE/doc/result.md"
}

@test "the example in doc/result.md runs as printed" {
	mkdir -p build tmp
	ln -sf "$ASSAY" build/assay
	ln -sf "$ASSAY_SIM" build/assay-sim
	mapfile -t commands < <(example_commands)
	[ "${#commands[@]}" -eq 5 ]
	expected=(0 0 0 4 0)
	for i in "${!commands[@]}"; do
		code=0
		sh -c "${commands[$i]}" >"printed.$i" || code=$?
		echo "${commands[$i]}: $code"
		[ "$code" -eq "${expected[$i]}" ]
	done
	cat printed.2 printed.4 | diff -u <(example_output) -
}

# The tables of doc/result.md as the command explains its members and words.
tables() {
	for schema in $(jq -r '.schema[]' "$ids"); do
		printf '\n### %s\n\n' "$schema"
		"$ASSAY" explain "$schema" --json | jq -r '(.is[0:1] | ascii_upcase) + .is[1:] + "."'
		printf '\n| member | type | null where | what it is |\n|---|---|---|---|\n'
		jq -r --arg of "$schema" '.[] | select(.of == $of) |
			"| `\(.id)` | \(.type) | \(if .null_where == "" then "never" else .null_where end) | \(.is | gsub("[|]"; "\\|")) |"' "$table"
	done
	printf '\n### Words\n\n| word | of type | meaning |\n|---|---|---|\n'
	jq -r '.word[]' "$ids" | while read -r word; do
		"$ASSAY" explain "$word" --json
	done | jq -rs 'map(select(.kind == "word")) | group_by(.of)[] | .[] | "| `\(.id)` | \(.of) | \(.means) |"'
	echo
}

@test "the tables in doc/result.md are those of the command" {
	file=$ASSAY_SOURCE/doc/result.md
	tables >made
	if [ "${ASSAY_GOLDEN:-}" = update ]; then
		awk '/^<!-- members: / { print; while ((getline line <"made") > 0) print line; skip = 1; next }
			/^<!-- end of members -->$/ { skip = 0 } !skip' "$file" >new
		cat new >"$file"
	fi
	awk '/^<!-- end of members -->$/ { on = 0 } on; /^<!-- members: / { on = 1 }' "$file" | diff -u - made
}

@test "every member and word is on the manual page, and no word of a result is without explanation" {
	"$ASSAY" manual >assay.1
	jq -r '.member[], .word[], .schema[]' "$ids" | while read -r id; do
		grep -qF -e ".It Li $id" -e ".Ss $id" assay.1 || { echo "$id"; false; }
	done
}

@test "real evidence has no member that is not in the table" {
	vectors dcap
	local quote name
	for name in sgx-v3-00606a000000-01 tdx-v4-b0c06f000000-21 tdx-v5-90c06f000000-03; do
		quote=$ASSAY_VECTORS/dcap/$name
		[ -f "$quote.quote.bin" ] || continue
		keep "$ASSAY" verify "$quote.quote.bin" --collateral "$quote.collateral.json"
		keep "$ASSAY" tcb "$quote.quote.bin" --collateral "$quote.collateral.json"
		keep "$ASSAY" tcb "$quote.quote.bin" --collateral "$quote.collateral.json" --history
	done
	for quote in "$ASSAY_VECTORS"/ias/ias-v[345]-*.report.json; do
		keep "$ASSAY" verify "$quote" --signature "${quote%.report.json}.sig.b64" \
			--certificates "$ASSAY_VECTORS/ias/ias-signing-chain.pem"
	done
	jq -s -e 'length > 10 and any(.[]; .verdict == "genuine")' objects
	compare false
}
