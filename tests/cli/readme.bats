#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# README is true: its tour runs as printed, and its example is the file, compiles and runs.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p build tmp
	ln -sf "$ASSAY" build/assay
	ln -sf "$ASSAY_SIM" build/assay-sim
	readme=$ASSAY_SOURCE/README.md
}

# The indented commands of a section, one a line, with /tmp of its own.
commands_of() {
	awk -v section="## $1" '$0 == section { on = 1; next } /^## / { on = 0 } on && /^    /' "$readme" |
		sed -e 's/^    //' -e "s,/tmp/,tmp/,g" | sed -e ':a' -e '/\\$/N' -e 's/\\\n *//' -e 'ta'
}

@test "the tour's commands end as the README says" {
	mapfile -t commands < <(commands_of "Five minutes")
	[ "${#commands[@]}" -eq 9 ]
	expected=(0 0 0 3 0 3 0 0 0)
	for i in "${!commands[@]}"; do
		run sh -c "${commands[$i]}"
		echo "${commands[$i]}: $status"
		[ "$status" -eq "${expected[$i]}" ]
	done
}

@test "asking for a better tier than there is says no" {
	mapfile -t commands < <(commands_of "Five minutes")
	sh -c "${commands[0]}"
	run sh -c "${commands[2]}"
	[ "${lines[-1]}" = 1 ]
}

@test "the tour's worker is out of date, and its forgery fails where it was broken" {
	mapfile -t commands < <(commands_of "Five minutes")
	sh -c "${commands[0]}"
	run sh -c "${commands[1]}"
	[[ $output == *"genuine, tier 5"* && $output == *"status.out-of-date"* && $output == *SIMULATED* ]]
	run sh -c "${commands[3]}"
	[[ $output == *"pck.root"* ]]
	sh -c "${commands[4]}"
	run sh -c "${commands[5]}"
	[[ $output == *"qe-report.binding"* ]]
}

@test "the number of checks in the README is the number there is" {
	count=$("$ASSAY_SIM" breaks | grep -c '^[a-z]')
	grep -q "all $count\\." "$readme"
}

@test "the example in the README is the example in the tree" {
	awk '/^<!-- examples\/appraise.c -->$/ { on = 1; next } on && /^```$/ { exit } on && !/^```/' "$readme" >printed.c
	diff printed.c "$ASSAY_SOURCE/examples/appraise.c"
}

@test "the example compiles and judges a quote" {
	cd "$ASSAY_SOURCE"
	cc -std=c11 -Wall -Wextra -Werror -O1 -Iinclude -Isrc -Isrc/appraise examples/appraise.c \
		src/{format,x509,evidence,collateral,verify,appraise,crypto}/*.c -lcrypto \
		-o "$BATS_TEST_TMPDIR/appraise"
	cd "$BATS_TEST_TMPDIR"
	"$ASSAY_SIM" quote --seed example --out worker
	# Under the vendor's own roots a simulated quote is a forgery.
	run ./appraise worker.quote.bin worker.collateral.json
	[ "$status" -eq 1 ]
	[ "$output" = "not-genuine, tier 0" ]
	run ./appraise worker.quote.bin
	[ "$status" -eq 2 ]
}
