#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay verify: how evidence and collateral are read and chosen, and with what it exits.

# shellcheck disable=SC2094,SC2154,SC2317
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# What the JSON result says: verdict, tier, first reason.
says() {
	jq -r '[.verdict, (.tier // "none" | tostring), (.reasons[0] // "")] | join(" ")'
}

@test "a good quote is genuine and exits with 0" {
	simulate q
	run judge q
	[ "$status" -eq 0 ]
	[[ "$output" == *"q.quote.bin: genuine, tier 1"* ]]
}

@test "every wrapping holds the same evidence" {
	simulate q --tee tdx
	digest=$(sha256sum <q.quote.bin | cut -d' ' -f1)
	hex <q.quote.bin | fold -w 60 >hex
	{ printf '0x'; hex <q.quote.bin | tr a-f A-F; echo; } >hex0x
	base64 q.quote.bin >base64
	base64 -w0 q.quote.bin | tr '+/' '-_' | tr -d = >base64url
	{ echo "-----BEGIN QUOTE-----"; base64 q.quote.bin; echo "-----END QUOTE-----"; } >pem
	{ echo "-----BEGIN ANYTHING AT ALL-----"; base64 q.quote.bin; echo "-----END ANYTHING AT ALL-----"; } >pem2
	printf '{"event_log":"[]","quote":"%s"}' "$(hex <q.quote.bin)" >json
	printf '{"a":1,"data":{"intel_quote":"%s"}}' "$(base64 -w0 q.quote.bin)" >json-deep
	base64 json >base64-json
	for file in hex hex0x base64 base64url pem pem2 json json-deep base64-json; do
		run --separate-stderr "$ASSAY" verify "$file" --collateral q.collateral.json --insecure-root q.roots.pem \
			--at "$AT" --json
		echo "$file: $status $stderr"
		[ "$status" -eq 0 ]
		[ "$(jq -r .input.sha256 <<<"$output")" = "$digest" ]
	done
}

@test "standard input is -" {
	simulate q
	run "$ASSAY" verify - --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT" <q.quote.bin
	[ "$status" -eq 0 ]
	[[ "$output" == *"-: genuine"* ]]
}

@test "zeros after a quote are trimmed and that is said; other bytes are not" {
	simulate q
	cp q.quote.bin padded.quote.bin
	head -c 100 /dev/zero >>padded.quote.bin
	run --separate-stderr "$ASSAY" verify padded.quote.bin --collateral q.collateral.json \
		--insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"100 zero bytes after the quote were left out"* ]]
	cp q.quote.bin longer.quote.bin
	printf x >>longer.quote.bin
	run "$ASSAY" verify longer.quote.bin --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 3 ]
	[[ "$output" == *"quote.form"* ]]
}

@test "without collateral it is undecided, and the error says what to fetch" {
	simulate q --tee tdx
	run --separate-stderr "$ASSAY" verify q.quote.bin --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 4 ]
	[[ "$stderr" == *"root-crl.present"* ]]
	[[ "$stderr" == *"fix: fetch https://"* ]]
	[[ "$stderr" == *"--collateral"* ]]
}

@test "each missing part is named with its address" {
	simulate q --tee tdx
	while read -r member check address; do
		jq --arg m "$member" '.[$m] = ""' q.collateral.json >less.json
		run --separate-stderr "$ASSAY" verify q.quote.bin --collateral less.json --insecure-root q.roots.pem \
			--at "$AT"
		echo "$member: $status $stderr"
		[ "$status" -eq 4 ]
		[[ "$stderr" == *"$check"* ]]
		[[ "$stderr" == *"$address"* ]]
	done <<-'END'
		root_ca_crl root-crl.present IntelSGXRootCA.der
		pck_crl pck-crl.present pckcrl?encoding=der&ca=platform
		tcb_info tcb-info.present tdx/certification/v4/tcb?fmspc=
		qe_identity qe-identity.present tdx/certification/v4/qe/identity
	END
}

@test "all that is missing is named at once, each with how to get it" {
	simulate q
	run --separate-stderr "$ASSAY" verify q.quote.bin --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 4 ]
	[[ "$stderr" == *"missing: root CRL, PCK CRL, TCB info, QE identity"* ]]
	[ "$(grep -c '^  fix: fetch https://' <<<"$stderr")" -eq 4 ]
	for word in IntelSGXRootCA.der 'pckcrl?' SGX-PCK-CRL-Issuer-Chain 'tcb?fmspc=' TCB-Info-Issuer-Chain qe/identity; do
		[[ "$stderr" == *"$word"* ]]
	done
	jq '.tcb_info = "" | .qe_identity_issuer_chain = ""' q.collateral.json >less.json
	run --separate-stderr "$ASSAY" verify q.quote.bin --collateral less.json --insecure-root q.roots.pem --at "$AT"
	[[ "$stderr" == *"missing: TCB info, QE identity's issuer chain)"* ]]
	[ "$(grep -c '^  fix: ' <<<"$stderr")" -eq 2 ]
	# Where nothing is missing nothing else is asked for.
	run --separate-stderr "$ASSAY" verify q.quote.bin --collateral q.collateral.json --insecure-root q.roots.pem \
		--at 2027-06-01
	[ "$status" -eq 4 ]
	[ "$(grep -c '^  fix: ' <<<"$stderr")" -eq 1 ]
	[[ "$stderr" != *"missing"* ]]
}

@test "an issuer chain that is missing is taken out of the quote" {
	simulate q
	jq 'del(.pck_crl_issuer_chain)' q.collateral.json >less.json
	run "$ASSAY" verify q.quote.bin --collateral less.json --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 0 ]
}

@test "a forgery exits with 3 and names its check" {
	simulate q --break quote.signature
	run judge q
	[ "$status" -eq 3 ]
	[[ "$output" == *"NOT GENUINE"* ]]
	[[ "$output" == *"✗ quote.signature"* ]]
}

@test "a simulated root is not trusted by itself" {
	simulate q
	run --separate-stderr "$ASSAY" verify q.quote.bin --collateral q.collateral.json --at "$AT" --json
	[ "$status" -eq 3 ]
	[ "$(says <<<"$output")" = "not-genuine none pck.root" ]
}

@test "simulated is loud in every form" {
	simulate q
	run judge q
	[[ "${lines[0]}" == *"SIMULATED"* ]]
	run judge q --json
	[ "$(jq .simulated <<<"$output")" = true ]
	run "$ASSAY" verify q.quote.bin q.quote.bin --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT"
	[[ "${lines[1]}" == *"SIMULATED"* ]]
	[[ "${lines[2]}" == *"SIMULATED"* ]]
}

@test "the tier asked for decides between 0 and 1" {
	simulate q --status OutOfDate
	run judge q
	[ "$status" -eq 0 ]
	run judge q --max-tier 5
	[ "$status" -eq 0 ]
	run judge q --max-tier 4
	[ "$status" -eq 1 ]
}

@test "genuine without a tier exits with 1" {
	simulate q --debug
	run judge q
	[ "$status" -eq 1 ]
	[[ "$output" == *"genuine, no tier"* ]]
	[[ "$output" == *"policy.debug"* ]]
}

@test "several inputs exit with the first of 3, 4, 1, 0" {
	simulate good
	simulate debug --debug
	simulate forged --break quote.signature
	# Of another vendor's root, which is trusted: nothing at hand is for it.
	"$ASSAY_SIM" quote --seed other --at "$AT" --out other >/dev/null
	many() {
		"$ASSAY" verify "$@" --collateral good.collateral.json --insecure-root good.roots.pem \
			--insecure-root other.roots.pem --at "$AT"
	}
	run many good.quote.bin good.quote.bin
	[ "$status" -eq 0 ]
	run many good.quote.bin debug.quote.bin
	[ "$status" -eq 1 ]
	run many debug.quote.bin other.quote.bin good.quote.bin
	[ "$status" -eq 4 ]
	run many other.quote.bin forged.quote.bin good.quote.bin
	[ "$status" -eq 3 ]
}

@test "--json of several inputs is an array in their order" {
	simulate a --status OutOfDate
	simulate b
	run --separate-stderr "$ASSAY" verify a.quote.bin b.quote.bin --json --collateral a.collateral.json \
		--insecure-root a.roots.pem --at "$AT"
	[ "$(jq -r '.[].input.name' <<<"$output" | paste -sd' ')" = "a.quote.bin b.quote.bin" ]
}

@test "expected values decide about the tier" {
	simulate q --program "$(printf 'ab%.0s' {1..32})"
	run judge q --expect mrenclave="$(printf 'ab%.0s' {1..32})"
	[ "$status" -eq 0 ]
	run judge q --expect mrenclave="$(printf 'ac%.0s' {1..32})"
	[ "$status" -eq 1 ]
	[[ "$output" == *"reference.values"* ]]
	svn=$(judge q --json | jq .measurements.isv_svn)
	run judge q --expect "isv_svn=$svn" --expect "isv_svn=$(printf '0x%x' "$svn")"
	[ "$status" -eq 0 ]
	run judge q --expect "isv_svn=$((svn + 1))"
	[ "$status" -eq 1 ]
}

@test "an expected value that differs is named beside the actual one" {
	ab=$(printf 'ab%.0s' {1..32})
	ac=$(printf 'ac%.0s' {1..32})
	simulate q --program "$ab"
	run judge q --expect "mrenclave=$ac" --expect isv_svn=77 --expect isv_prod_id=1
	[[ "$output" == *"mrenclave differs"*"expected  $ac"*"actual    $ab"*"isv_svn differs"*"expected  77"* ]]
	[[ "$output" != *"isv_prod_id differs"* ]]
	run judge q --expect "mrenclave=$ac" --expect isv_prod_id=1 --expect "mrtd=$(printf '00%.0s' {1..48})" --json
	[ "$(jq -c '.expected | map([.field, .holds])' <<<"$output")" = \
		'[["mrenclave",false],["isv_prod_id",true],["mrtd",false]]' ]
	[ "$(jq -r '.expected[0] | [.expected, .actual] | join(" ")' <<<"$output")" = "$ac $ab" ]
	[ "$(jq -r '.expected[2].actual' <<<"$output")" = null ]
	run judge q --json
	[ "$(jq 'has("expected")' <<<"$output")" = false ]
}

@test "evidence outside the dates is undecided, with the answer as of their end" {
	simulate q --status OutOfDate
	run --separate-stderr "$ASSAY" verify q.quote.bin --collateral q.collateral.json --insecure-root q.roots.pem \
		--at 2027-06-01 --json
	[ "$status" -eq 4 ]
	[ "$(jq -r '.as_of | [.verdict, .tier] | join(" ")' <<<"$output")" = "genuine 5" ]
	[ "$(jq -r .schema <<<"$stderr")" = assay.error/1 ]
	[ "$(jq -r .exit <<<"$stderr")" = 4 ]
}

@test "a report is judged with its signature and certificates, in every form of both" {
	"$ASSAY_SIM" quote --seed cli --tee ias --at "$AT" --out r >/dev/null
	report() {
		"$ASSAY" verify r.report.json --insecure-root r.roots.pem --at "$AT" "$@"
	}
	run report --signature r.sig.b64 --certificates r.certificates.pem
	[ "$status" -eq 0 ]
	base64 -d <r.sig.b64 >r.sig
	jq -rsR @uri <r.certificates.pem >r.certificates.txt
	run report --signature r.sig --certificates r.certificates.txt
	[ "$status" -eq 0 ]
	# White space that an editor adds was not signed, and is left out.
	cp r.report.json r.copy.json
	echo >>r.copy.json
	run --separate-stderr "$ASSAY" verify r.copy.json --insecure-root r.roots.pem --at "$AT" --signature r.sig \
		--certificates r.certificates.pem
	[ "$status" -eq 0 ]
	[[ "$stderr" == *"white space"* ]]
	run report
	[ "$status" -eq 4 ]
	[[ "$output" == *"--signature"* ]]
}

@test "what may be damaged evidence is judged, and is not genuine" {
	simulate q --tee tdx
	simulate r --tee ias
	printf '\003\000' >two
	head -c 1000 q.quote.bin >'cut'
	{ printf '\011\000'; tail -c +3 q.quote.bin; } >version
	{ head -c 4 q.quote.bin; printf '\007'; tail -c +6 q.quote.bin; } >'tee'
	{ head -c 12 q.quote.bin; printf 'another'; tail -c +20 q.quote.bin; } >vendor
	hex <'cut' >cut.hex
	head -c 700 r.report.json >report
	echo '{"isvEnclaveQuoteBody":1}' >member
	for file in two cut version tee vendor cut.hex report member; do
		run --separate-stderr "$ASSAY" verify "$file" --insecure-root q.roots.pem --signature r.sig.b64 \
			--certificates r.certificates.pem --at "$AT"
		echo "$file: $status $stderr"
		[ "$status" -eq 3 ]
		[[ "$output" == *"NOT GENUINE"* ]]
	done
}

@test "what is no evidence is named, and accuses nobody" {
	simulate q --tee tdx
	reply() { jq -r "\"{\\\"$2\\\":\" + .$1 + \",\\\"signature\\\":\\\"\" + .$1_signature + \"\\\"}\"" q.collateral.json; }
	: >empty
	printf ' \n\n' >blank
	head -c 100000 /dev/zero >zeros
	head -c 3000000 /dev/zero | tr '\0' '\007' >large
	echo 'to be or not to be' >text
	echo 'deadbeef' >hexed
	{ printf 0x; hex <q.quote.bin | head -c 3001 | fold -w 64; echo; } >odd
	printf '{' >brace
	printf '{"a":1}' >object
	gzip -c q.quote.bin >gzipped
	"$ASSAY" policy show confidence >policy
	judge q --json >result
	reply tcb_info tcbInfo >tcb
	reply qe_identity enclaveIdentity >identity
	jq -r .pck_crl q.collateral.json | unhex >crl
	cp q.collateral.json collateral
	cp q.roots.pem certificate
	while IFS='|' read -r file cause fix; do
		run --separate-stderr "$ASSAY" verify "$file" --at "$AT"
		echo "$file: $status $stderr"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ "$stderr" == *"error: $file is not evidence"*"cause: "*"$cause"*"fix: "*"$fix"* ]]
	done <<-'END'
		empty|it is empty|a quote
		blank|it is blank|a quote
		zeros|it is blank|a quote
		large|no quote of a known version|version 3, 4 or 5
		text|it is text|a quote
		odd|hex with an odd number of digits|anew
		hexed|hex or base64 of bytes that are no quote|a quote
		brace|it is JSON|quote
		object|it is JSON|quote
		gzipped|compressed (gzip)|gunzip
		policy|a policy document|--policy
		result|assay itself wrote|the evidence
		tcb|1 TCB info|--collateral
		identity|1 QE identity|--collateral
		crl|1 CRL|--collateral
		collateral|1 TCB info, 1 QE identity, 2 CRLs|--collateral
		certificate|1 certificate|--certificates
	END
	mkdir folder
	run --separate-stderr "$ASSAY" verify folder
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"it is a directory"*"its files"* ]]
}

@test "one that cannot be judged does not keep the others from it" {
	simulate q
	simulate forged --break quote.signature
	: >empty
	many() {
		"$ASSAY" verify "$@" --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT"
	}
	run --separate-stderr many nowhere q.quote.bin empty
	[ "$status" -eq 4 ]
	[ "${#lines[@]}" -eq 4 ]
	[[ "${lines[1]}" == "1  "*"q.quote.bin" ]]
	[[ "$output" == *"not judged"*"nowhere: No such file or directory"* ]]
	[[ "$output" == *"not judged"*"empty: it is empty"* ]]
	[[ "$stderr" == *"2 of 3 inputs could not be judged"* ]]
	run --separate-stderr many q.quote.bin nowhere forged.quote.bin
	[ "$status" -eq 3 ]
	run --separate-stderr many empty q.quote.bin --json
	[ "$status" -eq 4 ]
	[ "$(jq -r '.[0] | [.schema, .exit, .input.name, .cause] | join(" ")' <<<"$output")" = \
		"assay.error/1 4 empty it is empty" ]
	[ "$(jq -r '.[1].verdict' <<<"$output")" = genuine ]
}

@test "wrong use exits with 2, a sentence and a fix" {
	simulate q
	simulate_error() {
		run --separate-stderr "$ASSAY" "$@"
		echo "$*: $status $stderr"
		[ "$status" -eq 2 ]
		[ -z "$output" ] || [ "$#" -eq 0 ]
		[[ "$stderr" == error:*"cause: "*"fix: "* ]]
	}
	printf 'x' >junk
	simulate_error verify
	simulate_error verfy
	simulate_error verify --jsno q.quote.bin
	simulate_error verify --json=1 q.quote.bin
	simulate_error verify q.quote.bin --at
	simulate_error verify q.quote.bin --at 2025-02-30
	simulate_error verify q.quote.bin --at noon
	simulate_error verify q.quote.bin --at 2025-01-01 --at 2025-01-02
	simulate_error verify q.quote.bin --max-tier 6
	simulate_error verify q.quote.bin --expect mrenclave
	simulate_error verify q.quote.bin --expect mrenclave=12
	simulate_error verify q.quote.bin --expect mrenlave=12
	simulate_error verify q.quote.bin --expect isv_svn=65536
	simulate_error verify q.quote.bin --policy strictest
	simulate_error verify q.quote.bin --policy q.roots.pem
	simulate_error verify q.quote.bin --collateral nowhere
	simulate_error verify q.quote.bin --insecure-root q.quote.bin
	simulate_error verify q.quote.bin --color blue
	simulate_error verify nowhere
	simulate_error verify .
	simulate_error verify q.quote.bin q.quote.bin --signature junk
	simulate_error inspect
	simulate_error tcb q.quote.bin q.quote.bin
	simulate_error completions tcsh
	simulate_error help nothing
	simulate_error explain nothing-at-all
}

@test "an error in the options is JSON where results are" {
	run --separate-stderr "$ASSAY" verify --json --max-tier 9 x
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$(jq -r .exit <<<"$stderr")" = 2 ]
	[ -n "$(jq -r .fix <<<"$stderr")" ]
}

@test "names from strangers cannot drive the terminal" {
	simulate q
	name=$(printf 'a\033[31mb\nc')
	cp q.quote.bin "$name"
	run "$ASSAY" verify "$name" --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT"
	[ "$status" -eq 0 ]
	[[ "$output" == *'a\x1b[31mb\x0ac: genuine'* ]]
	run "$ASSAY" verify "$(printf 'no\033such')"
	[[ "$output" == *'no\x1bsuch'* ]]
}

@test "colour is only where it is asked for" {
	simulate q
	run judge q
	[[ "$output" != *$'\033'* ]]
	run judge q --color always
	[[ "$output" == *$'\033'* ]]
	run judge q --color never
	[[ "$output" != *$'\033'* ]]
}

@test "what is no signature of a report is the caller's mistake" {
	simulate r --tee ias
	run "$ASSAY" verify r.report.json --signature r.certificates.pem --certificates r.sig.b64
	[ "$status" -eq 2 ]
	[[ $output == *"is no signature of a report"* ]]
}

@test "standard input is read once" {
	run "$ASSAY" verify - - </dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"standard input is named 2 times"* ]]
	for option in --collateral --policy --signature --certificates --insecure-root; do
		run "$ASSAY" verify - "$option" - </dev/null
		[ "$status" -eq 2 ]
		[[ $output == *"standard input is named 2 times"* ]]
	done
	run "$ASSAY" tcb - --collateral - </dev/null
	[[ $output == *"standard input is named 2 times"* ]]
	run "$ASSAY" policy diff - - </dev/null
	[[ $output == *"standard input is named 2 times"* ]]
}

# snp VERSION BYTE: a report of AMD's, filled with that byte.
snp() {
	printf '%b\000\000\000' "\\0$1"
	head -c 48 /dev/zero | tr '\0' "\\$2"
	printf '\001\000\000\000'
	head -c 1128 /dev/zero | tr '\0' "\\$2"
}

@test "an AMD report is not accused of being no quote, by no command and in no wrapping" {
	for version in 2 3 5; do
		for byte in 000 377; do
			snp "$version" "$byte" >snp.bin
			[ "$(wc -c <snp.bin)" -eq 1184 ]
			hex <snp.bin >snp.hex
			base64 snp.bin >snp.b64
			for file in snp.bin snp.hex snp.b64; do
				for command in verify tcb "tcb --history"; do
					# shellcheck disable=SC2086 # options are words
					run --separate-stderr "$ASSAY" $command "$file"
					echo "$command $file $version $byte: $status $output $stderr"
					[ "$status" -eq 4 ]
					[ -z "$output" ]
					[[ $stderr == *"$file cannot be judged"*"AMD SEV-SNP"* ]]
				done
			done
		done
	done
}

@test "an AMD report among others is a row, and the others decide" {
	export COLUMNS=200
	snp 2 377 >snp.bin
	simulate q
	simulate forged --break quote.signature
	simulate debug --debug
	many() {
		run --separate-stderr "$ASSAY" verify "$@" --collateral q.collateral.json --insecure-root q.roots.pem --at "$AT"
	}
	many q.quote.bin snp.bin forged.quote.bin
	[ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 4 ]
	[[ "${lines[3]}" == *"not judged"*"snp.bin: it is an AMD SEV-SNP"* ]]
	for order in "snp.bin forged.quote.bin" "forged.quote.bin snp.bin"; do
		# shellcheck disable=SC2086 # names are words
		many $order
		[ "$status" -eq 3 ]
	done
	for order in "snp.bin q.quote.bin" "q.quote.bin snp.bin" "debug.quote.bin snp.bin" "snp.bin snp.bin"; do
		# shellcheck disable=SC2086 # names are words
		many $order
		[ "$status" -eq 4 ]
	done
	for order in "q.quote.bin snp.bin forged.quote.bin" "snp.bin q.quote.bin forged.quote.bin" \
		"q.quote.bin forged.quote.bin snp.bin"; do
		# shellcheck disable=SC2086 # names are words
		many $order --json
		[ "$status" -eq 3 ]
		[ "$(jq -r '.[] | .verdict // .schema' <<<"$output" | sort | paste -sd' ')" = \
			"assay.error/1 genuine not-genuine" ]
	done
}

@test "levels of another platform are not compared" {
	simulate q --tee tdx
	simulate s --tee sgx
	run "$ASSAY" tcb q.quote.bin --collateral s.collateral.json --insecure-root q.roots.pem
	[ "$status" -eq 4 ]
	[[ $output == *"the TCB info given is for SGX"* ]]
}
