#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The forms in which collateral comes, and what is chosen of much.

# shellcheck disable=SC2094,SC2154,SC2317
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	simulate q --tee tdx --status OutOfDate
	mkdir parts
	member() { jq -r ".$1" q.collateral.json; }
}

tier_with() {
	"$ASSAY" verify q.quote.bin --insecure-root q.roots.pem --at "$AT" --json "$@" 2>err |
		jq -r '[.verdict, (.tier // "none" | tostring), .reasons[0]] | join(" ")'
}

reply() {
	printf '{"%s":%s,"signature":"%s"}' "$2" "$(member "$1")" "$(member "$1_signature")"
}

@test "replies of the service, CRLs and chains as files" {
	reply tcb_info tcbInfo >parts/tcb.json
	reply qe_identity enclaveIdentity >parts/identity.json
	member tcb_info_issuer_chain >parts/signer.pem
	member pck_crl | unhex >parts/pck.crl
	member root_ca_crl >parts/root.hex
	[ "$(tier_with --collateral parts)" = "genuine 5 status.out-of-date" ]
	# The same, file by file.
	[ "$(tier_with --collateral parts/tcb.json --collateral parts/identity.json --collateral parts/signer.pem \
		--collateral parts/pck.crl --collateral parts/root.hex)" = "genuine 5 status.out-of-date" ]
	rm parts/identity.json
	[ "$(tier_with --collateral parts)" = "undecided none qe-identity.present" ]
}

@test "CRLs in PEM and base64, chains as header values" {
	reply tcb_info tcbInfo >parts/tcb.json
	reply qe_identity enclaveIdentity >parts/identity.json
	member tcb_info_issuer_chain | jq -rsR @uri >parts/signer.txt
	{ echo "-----BEGIN X509 CRL-----"; member pck_crl | unhex | base64; echo "-----END X509 CRL-----"; } >parts/pck.pem
	member root_ca_crl | unhex | base64 >parts/root.b64
	[ "$(tier_with --collateral parts)" = "genuine 5 status.out-of-date" ]
}

@test "the file of the vendor's client tool" {
	jq -n --argjson tcb "$(reply tcb_info tcbInfo)" --arg identity "$(reply qe_identity enclaveIdentity)" \
		--arg chain "$(member tcb_info_issuer_chain | jq -rsR @uri)" \
		--arg pck_chain "$(member pck_crl_issuer_chain | jq -rsR @uri)" \
		--arg pck_crl "$(member pck_crl)" --arg root_crl "$(member root_ca_crl)" \
		'{platforms: [], collaterals: {version: 4, pck_certs: [],
		  tcbinfos: [{fmspc: "00", sgx_tcbinfo: null, tdx_tcbinfo: $tcb}], pckcacrl: {platformCrl: $pck_crl},
		  tdqeidentity: $identity, qeidentity: "", rootcacrl: $root_crl,
		  certificates: {"SGX-PCK-Certificate-Issuer-Chain": {PLATFORM: $pck_chain},
		    "TCB-Info-Issuer-Chain": $chain, "SGX-Enclave-Identity-Issuer-Chain": $chain}}}' >tool.json
	[ "$(tier_with --collateral tool.json)" = "genuine 5 status.out-of-date" ]
}

@test "a set alone is judged as it stands" {
	simulate sgx
	[ "$(tier_with --collateral sgx.collateral.json)" = "undecided none tcb-info.tee" ]
}

@test "of many sets the one that fits is found" {
	simulate sgx
	simulate other --index 5 --tee sgx --status SWHardeningNeeded
	[ "$(tier_with --collateral sgx.collateral.json --collateral other.collateral.json \
		--collateral q.collateral.json)" = "genuine 5 status.out-of-date" ]
}

@test "broken sets of the same platform do not stand in the way of a good one" {
	jq '.tcb_info |= sub("OutOfDate"; "UpToDate")' q.collateral.json >parts/1.json
	jq '.pck_crl |= sub("..$"; "00")' q.collateral.json >parts/2.json
	cp q.collateral.json parts/3.json
	"$ASSAY_SIM" quote --seed another --tee tdx --at "$AT" --out another >/dev/null
	cp another.collateral.json parts/0.json
	[ "$(tier_with --collateral parts)" = "genuine 5 status.out-of-date" ]
	# Alone, the broken one says what is wrong with it.
	[ "$(tier_with --collateral parts/1.json)" = "undecided none tcb-info.signature" ]
}

@test "the set of the time asked for is taken" {
	"$ASSAY_SIM" quote --seed cli --at 2025-06-01T00:00:00Z --tee tdx --status OutOfDate --out old >/dev/null
	mkdir both
	cp old.collateral.json q.collateral.json both
	[ "$(tier_with --collateral both)" = "genuine 5 status.out-of-date" ]
	run "$ASSAY" verify old.quote.bin --insecure-root old.roots.pem --at 2025-06-01 --collateral both
	[ "$status" -eq 0 ]
}

@test "of two sets with one number and date the worst outcome stands, in either order" {
	simulate good --tee tdx
	simulate worse --tee tdx --advisory INTEL-SA-00615
	[ "$(jq '.tcb_info | fromjson | [.issueDate, .tcbEvaluationDataNumber, .fmspc]' good.collateral.json)" = \
		"$(jq '.tcb_info | fromjson | [.issueDate, .tcbEvaluationDataNumber, .fmspc]' worse.collateral.json)" ]
	for order in "good worse" "worse good"; do
		read -r first second <<<"$order"
		run --separate-stderr "$ASSAY" verify good.quote.bin --insecure-root good.roots.pem --at "$AT" --json \
			--collateral "$first.collateral.json" --collateral "$second.collateral.json"
		[ "$(jq -r .tier <<<"$output")" = 4 ]
		[[ "$stderr" == *"2 sets of TCB info have the same number"*"of worse.collateral.json"* ]]
		echo "$output" >"$first.result"
	done
	cmp good.result worse.result
}

@test "of two sets that weigh the same the choice does not follow the order of reading" {
	# Out of date is tier 5, whatever advisories are open.
	simulate one --tee tdx --status OutOfDate --advisory INTEL-SA-00615
	simulate two --tee tdx --status OutOfDate --advisory INTEL-SA-00657
	for order in "one two" "two one"; do
		read -r first second <<<"$order"
		"$ASSAY" verify one.quote.bin --insecure-root one.roots.pem --at "$AT" --json \
			--collateral "$first.collateral.json" --collateral "$second.collateral.json" >"$first.result"
	done
	cmp one.result two.result
}

# in_both_orders A B: a name for each, and the same the other way round; the result is in first.result and second.result.
in_both_orders() {
	local order
	for order in "1 2" "2 1"; do
		rm -rf parts
		mkdir parts
		cp "$1.collateral.json" "parts/${order% *}.json"
		cp "$2.collateral.json" "parts/${order#* }.json"
		"$ASSAY" verify three.quote.bin --insecure-root three.roots.pem --at "$AT" --json --collateral parts \
			>"${order% *}.result" 2>"${order% *}.err"
	done
	mv 1.result first.result
	mv 2.result second.result
}

# later NAME DAYS [options]: the set of that many days after (or with a -, before) the time of the test.
later() {
	local name=$1 at
	at=$(date -u -d "$AT $2" +%Y-%m-%dT%H:%M:%SZ)
	shift 2
	"$ASSAY_SIM" quote --seed cli --at "$at" --out "$name" "$@" >/dev/null
}

@test "a set in both formats is read in the newer one, whatever the names and the seconds between them" {
	simulate three --tcb-info-version 3 --advisory INTEL-SA-09999
	for when in "0 seconds" "-1 seconds" "-1 days"; do
		# The older format is the one that was issued later: it is the newer one that moves back.
		later early "$when" --tcb-info-version 3 --advisory INTEL-SA-09999
		simulate two --tcb-info-version 2 --advisory INTEL-SA-09999
		in_both_orders early two
		[ "$(jq -c '[.tier, .platform.advisories]' first.result)" = '[4,["INTEL-SA-09999"]]' ]
		cmp first.result second.result
	done
}

@test "an older set in the newer format is not outdone by a later one in the older format" {
	simulate three --tcb-info-version 3 --advisory INTEL-SA-00088 --advisory INTEL-SA-00615
	later early "-9 days" --tcb-info-version 3 --advisory INTEL-SA-00088 --advisory INTEL-SA-00615
	simulate two --tcb-info-version 2 --advisory INTEL-SA-00088 --advisory INTEL-SA-00615
	for other in early two; do
		cp "$other.collateral.json" one.json
		"$ASSAY" verify three.quote.bin --insecure-root three.roots.pem --at "$AT" --json --collateral one.json \
			>"$other.result" 2>/dev/null || true
	done
	in_both_orders early two || true
	# No better than the worse of the two by themselves.
	for both in first second; do
		jq -e --slurpfile a early.result --slurpfile b two.result \
			'(.tier // 9) >= ([$a[0].tier // 9, $b[0].tier // 9] | max)' "$both.result"
	done
	cmp first.result second.result
}

@test "of two newer sets with one number and date the worse outlook stands, in either order" {
	simulate three
	# Of no weight under the policy, and the first of the two by its bytes.
	simulate good --evaluation-number 19 --advisory INTEL-SA-00219
	simulate worse --evaluation-number 19 --advisory INTEL-SA-00615
	for order in "good worse" "worse good"; do
		read -r first second <<<"$order"
		"$ASSAY" verify three.quote.bin --insecure-root three.roots.pem --at "$AT" --json \
			--collateral three.collateral.json --collateral "$first.collateral.json" \
			--collateral "$second.collateral.json" >"$first.result" 2>err
		[ "$(jq -c '[.tier, .tier_next, .tier_next_known]' "$first.result")" = "[1,4,true]" ]
		grep -q "of worse.collateral.json to look ahead" err
	done
	cmp good.result worse.result
}

# use_of FILE: the exit code with that collateral, and the same for a forgery; what is said of the file is in err.
use_of() {
	local code forged
	code=0
	timeout 20 "$ASSAY" verify q.quote.bin --insecure-root q.roots.pem --at "$AT" --collateral "$@" >/dev/null 2>err || code=$?
	forged=0
	timeout 20 "$ASSAY" verify forged.quote.bin --insecure-root q.roots.pem --at "$AT" --collateral "$@" >/dev/null 2>&1 ||
		forged=$?
	echo "$code $forged"
}

useless_files() {
	: >parts/empty
	printf ' \n' >parts/blank
	head -c 2000 q.collateral.json >parts/cut
	echo '{}' >parts/object
	head -c 5000000 /dev/zero | tr '\0' '\007' >parts/large
	head -c 5000 /dev/zero | tr '\0' '\007' >parts/bytes
	cp q.quote.bin parts/quote
	jq '.tcb_info |= sub("OutOfDate"; "OutOfDat")' q.collateral.json >parts/malformed
}

@test "collateral that is none says nothing against the evidence, and does not hide a forgery" {
	simulate forged --tee tdx --break quote.signature
	useless_files
	while IFS='|' read -r file why; do
		[ "$(use_of "parts/$file")" = "4 3" ]
		cat err
		grep -q "^note: parts/$file is of no use as collateral: .*$why" err
		# Beside a good set it changes nothing.
		[ "$(use_of "parts/$file" --collateral q.collateral.json)" = "0 3" ]
		grep -q "^note: parts/$file is of no use as collateral: .*$why" err
	done <<-'END'
		empty|empty
		blank|blank
		cut|broken or cut off
		object|no form of collateral
		large|larger than any
		bytes|no form of collateral
		quote|evidence
		malformed|TCB info is malformed
	END
	# Where nothing else was given that is said too.
	use_of parts/empty
	grep -q "missing: root CRL, PCK CRL, TCB info, QE identity; none was found in what was given" err
}

@test "a directory's files of no use are named, and the good ones used" {
	simulate forged --tee tdx --break quote.signature
	useless_files
	[ "$(use_of parts)" = "4 3" ]
	cp q.collateral.json parts/good
	mkdir parts/folder
	[ "$(use_of parts)" = "0 3" ]
	[ "$(grep -c '^note: parts: of no use' err)" -eq 1 ]
	for name in empty blank cut object large bytes; do
		grep -q "of no use as collateral: .*$name (it is " err
	done
	grep -q ", and 1 more$" err
	mkdir nothing
	[ "$(use_of nothing)" = "4 3" ]
	grep -q "note: nothing is of no use as collateral: it holds no file" err
	[ "$(use_of nothing --collateral q.collateral.json)" = "0 3" ]
	[ "$(use_of nowhere)" = "2 2" ]
}

@test "pipes, devices, sockets and links that lead nowhere are passed over in a directory" {
	simulate forged --tee tdx --break quote.signature
	cp q.collateral.json parts/good.json
	mkfifo parts/pipe
	ln -s nowhere parts/dangling
	ln -s /dev/zero parts/device
	ln -s "$PWD/parts" parts/loop
	ln -s good.json parts/linked
	[ "$(use_of parts)" = "0 3" ]
	cat err
	grep -q "dangling (it is a link that leads nowhere)" err
	grep -q "device (it is no regular file)" err
	grep -q "loop (it is a directory)" err
	grep -q "pipe (it is no regular file)" err
	run ! grep -q "good\|linked" err
}

@test "a pipe that is named itself is read, once" {
	mkfifo pipe evidence
	cat q.collateral.json >pipe &
	cat q.quote.bin >evidence &
	[ "$(timeout 20 "$ASSAY" verify evidence --insecure-root q.roots.pem --at "$AT" --json --collateral pipe | jq .tier)" = 5 ]
	wait
}

@test "real collateral of a whole directory" {
	vectors dcap
	run --separate-stderr "$ASSAY" verify --collateral "$ASSAY_VECTORS/dcap" --at 2025-08-30T05:09:06Z --json \
		"$ASSAY_VECTORS/dcap/sgx-v3-00606a000000-03.quote.bin"
	[ "$status" -eq 0 ]
	[ "$(jq -r '.tier, .platform.tcb_status, .platform.tcb_evaluation_number' <<<"$output" | paste -sd' ')" = \
		"4 SWHardeningNeeded 17" ]
	[[ "$stderr" == *"sets of TCB info that fit"* ]]
}

@test "real reports with their headers' values" {
	vectors ias
	name=$ASSAY_VECTORS/ias/ias-v4-2022-05-05-sw-hardening-needed-666cf6
	export COLUMNS=400	# wherever the vectors lie, their names fit in one line
	run "$ASSAY" verify "$name.report.json" --signature "$name.sig.b64" --at 2026-01-01 \
		--certificates "$ASSAY_VECTORS/ias/x-iasreport-signing-certificate.urlencoded.txt"
	[ "$status" -eq 0 ]
	[[ "$output" == *"genuine, tier 2"* ]]
}

@test "a quote inside another project's JSON" {
	vectors ccel
	run "$ASSAY" inspect "$ASSAY_VECTORS/ccel/dstack-quote-report.json"
	[ "$status" -eq 0 ]
	[[ "$output" == *"tdx-quote"* ]]
}
