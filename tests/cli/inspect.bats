#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay inspect: what bytes claim.

# shellcheck disable=SC2154
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "says that nothing is verified" {
	simulate q
	run "$ASSAY" inspect q.quote.bin
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *"nothing of it has been verified"* ]]
	[ "$("$ASSAY" inspect q.quote.bin --json | jq .verified)" = false ]
}

@test "shows what the verdict measures, for every kind" {
	simulate sgx --version 3
	simulate tdx4 --tee tdx --version 4
	simulate tdx5 --tee tdx --version 5 --body 3
	simulate tdx5x --tee tdx --version 5 --body 4
	for name in sgx tdx4 tdx5 tdx5x; do
		"$ASSAY" inspect "$name.quote.bin" --json >claims
		judge "$name" --json >verdict
		for member in mrenclave mrtd rtmr3 xfam isv_svn; do
			jq -e --arg m "$member" --slurpfile v verdict \
				'.body[$m] == $v[0].measurements[$m]' claims
		done
		jq -e --slurpfile v verdict '.certification.certificates[0].sgx.fmspc == $v[0].platform.fmspc' claims
	done
}

@test "quotes, text and JSON, stay as they are shown" {
	simulate sgx --version 3
	simulate tdx --tee tdx --version 5 --body 3
	COLUMNS=100 "$ASSAY" inspect sgx.quote.bin tdx.quote.bin | golden inspect-quotes.txt
	"$ASSAY" inspect sgx.quote.bin tdx.quote.bin --json | golden inspect-quotes.json
}

@test "EPID quotes and reports" {
	"$ASSAY_SIM" quote --seed cli --tee epid --at "$AT" --out e >/dev/null
	run "$ASSAY" inspect e.quote.bin
	[ "$status" -eq 0 ]
	[[ "$output" == *"epid-quote"* ]]
	"$ASSAY_SIM" quote --seed cli --tee ias --status GROUP_OUT_OF_DATE --linkable --at "$AT" --out r >/dev/null
	"$ASSAY" inspect r.report.json --json >claims
	jq -e '.status == "GROUP_OUT_OF_DATE" and .linkable and (.body.mrenclave | length) == 64' claims
}

@test "collateral, part by part" {
	simulate q --tee tdx
	"$ASSAY" inspect q.collateral.json --json >claims
	[ "$(jq -r '.parts[].kind' claims | sort | uniq -c | awk '{ print $1 $2 $3 }' | paste -sd' ')" = \
		"2CRL 1QEidentity 1TCBinfo $(jq '[.parts[] | select(.kind == "certificate")] | length' claims)certificate" ]
	jq -e '.parts[] | select(.kind == "TCB info") | .levels | length > 3' claims
	jq -e '.parts[] | select(.kind == "TCB info") | .levels[0].sgx | length == 16' claims
}

@test "malformed bytes are shown as far as they go, with exit 3" {
	simulate q
	head -c 1000 q.quote.bin >cut.bin
	run "$ASSAY" inspect cut.bin
	[ "$status" -eq 3 ]
	[[ "$output" == *"malformed"*"quote.form"* ]]
	printf '{"isvEnclaveQuoteStatus":"OK"}' >report
	run "$ASSAY" inspect report
	[ "$status" -eq 3 ]
}

@test "malformed collateral exits with 4, what is no known form with 2" {
	simulate q
	jq '.tcb_info |= sub("UpToDate"; "UpToDat")' q.collateral.json >bad.json
	run "$ASSAY" inspect bad.json
	[ "$status" -eq 4 ]
	[[ "$output" == *"TCB info"*"malformed"* ]]
	echo nonsense >text
	echo '{"a":1}' >object
	for file in text object; do
		run "$ASSAY" inspect "$file"
		[ "$status" -eq 2 ]
		[[ "$output" == *"unknown"* ]]
	done
	head -c 1000 q.quote.bin >cut.bin
	run --separate-stderr "$ASSAY" inspect bad.json nowhere q.quote.bin
	[ "$status" -eq 4 ]
	[[ "$output" == *"q.quote.bin"* ]]
	[[ "$stderr" == *"nowhere cannot be read"* ]]
	run --separate-stderr "$ASSAY" inspect text cut.bin
	[ "$status" -eq 3 ]
	run --separate-stderr "$ASSAY" inspect text nowhere q.quote.bin --json
	[ "$status" -eq 4 ]
	[ "$(jq -r '.[].kind' <<<"$output" | paste -sd' ')" = "unknown sgx-quote" ]
}

@test "an AMD report is named, and not accused" {
	# Without bytes that are set it would be a good EPID quote.
	for byte in 000 377; do
		{
			printf '\002\000\000\000'
			head -c 48 /dev/zero | tr '\0' "\\$byte"
			printf '\001\000\000\000'
			head -c 1128 /dev/zero | tr '\0' "\\$byte"
		} >snp.bin
		hex <snp.bin >snp.hex
		for file in snp.bin snp.hex; do
			run --separate-stderr "$ASSAY" inspect "$file" --json
			[ "$status" -eq 4 ]
			[ "$(jq -r '[.kind, .bytes] | join(" ")' <<<"$output")" = "snp-report 1184" ]
			[ -z "$stderr" ]
			run "$ASSAY" inspect "$file"
			[[ "$output" == *"snp-report"* ]]
			[[ "$output" != *"malformed"* ]]
		done
	done
	simulate q
	run --separate-stderr "$ASSAY" inspect snp.bin q.quote.bin --json
	[ "$status" -eq 4 ]
	[ "$(jq -r '.[].kind' <<<"$output" | paste -sd' ')" = "snp-report sgx-quote" ]
}

@test "a TCB info is not called a report" {
	simulate q
	printf '{"tcbInfo":%s,"signature":"%s"}\n\n' "$(jq -r .tcb_info q.collateral.json)" \
		"$(jq -r .tcb_info_signature q.collateral.json)" >tcb.json
	run "$ASSAY" inspect tcb.json
	[ "$status" -eq 0 ]
	[[ "$output" == *"TCB info"* ]]
	[[ "$output" != *"report"* ]]
}

@test "all real vectors are read" {
	vectors dcap
	for file in "$ASSAY_VECTORS"/dcap/*.quote.bin; do
		case $file in *50806f000000-02.with-trailing*) continue ;; esac
		"$ASSAY" inspect "$file" --json 2>/dev/null | jq -e .kind >/dev/null
	done
}
