#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual pages that the commands write of themselves; output.bats looks into that of assay.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	"$ASSAY_SIM" manual >assay-sim.1
}

@test "the page of assay-sim is good mdoc" {
	mandoc -Tlint -Wwarning assay-sim.1
	# Whole, not only without mistakes.
	[ "$(tail -n 1 assay-sim.1)" = ".Xr assay 1" ]
	[ "$(mandoc -Tascii assay-sim.1 | wc -l)" -gt 300 ]
	if command -v groff; then
		groff -ww -mdoc -Tascii assay-sim.1 2>&1 >/dev/null | tee warnings
		[ ! -s warnings ]
	fi
}

@test "it has every command with every option, and every break" {
	for command in $("$ASSAY_SIM" --help | awk '/^  [a-z]/ { print $1 }'); do
		grep -q "^\.Ss $command\$" assay-sim.1
		"$ASSAY_SIM" "$command" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' | while read -r option; do
			awk -v ss=".Ss $command" '$0 == ss { on = 1; next } /^\.S[sh] / { on = 0 } on' assay-sim.1 |
				grep -qE "^\.It Fl \\\\-$option( |\$)" || { echo "$command --$option"; false; }
		done
	done
	"$ASSAY_SIM" breaks | awk '{ print $1 }' | while read -r check; do
		grep -qE "^\.It Li $check Pq " assay-sim.1 || { echo "$check"; false; }
	done
}

@test "its example runs" {
	mkdir bin
	ln -sf "$ASSAY" bin/assay
	ln -sf "$ASSAY_SIM" bin/assay-sim
	awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0 } on' assay-sim.1 | sed 's/\\e$/\\/' >example
	[ "$(grep -c assay example)" -eq 2 ]
	PATH=$PWD/bin:$PATH run sh -e example
	[ "$status" -eq 0 ]
	[[ "$output" == *"tier 5"* ]]
}
