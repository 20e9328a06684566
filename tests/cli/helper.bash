# SPDX-License-Identifier: Apache-2.0
# For the tests of the command: simulated evidence, and comparison with golden files.

bats_require_minimum_version 1.5.0

AT=2026-06-01T00:00:00Z

# simulate NAME [options of assay-sim quote]: NAME.quote.bin and what goes with it, in the test's folder.
simulate() {
	local name=$1
	shift
	"$ASSAY_SIM" quote --seed cli --at "$AT" --out "$name" "$@" >/dev/null
}

# Bytes to hex digits in one line, and back.
hex() {
	od -An -v -tx1 | tr -d ' \n'
}

unhex() {
	perl -ne 'chomp; print pack "H*", $_'
}

# judge NAME [options]: verify NAME with its own collateral and root.
judge() {
	local name=$1
	shift
	"$ASSAY" verify "$name.quote.bin" --collateral "$name.collateral.json" --insecure-root "$name.roots.pem" \
		--at "$AT" "$@"
}

# golden NAME: standard input must be the golden file; ASSAY_GOLDEN=update writes it instead.
golden() {
	local file=$ASSAY_SOURCE/tests/cli/golden/$1
	if [ "${ASSAY_GOLDEN:-}" = update ]; then
		cat >"$file"
	else
		diff -u "$file" -
	fi
}

vectors() {
	[ -d "$ASSAY_VECTORS/$1" ] || skip "there are no real vectors"
}
