#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The log, judged by programs that were not written for it: a witness, and a verifier of receipts.

# shellcheck disable=SC2154,SC2031,SC2030
load ../cli/helper
load ../cli/register.bash

HEAD=(--store store --checkpoint log.checkpoint)

setup_file() {
	[ -n "${ASSAY_LONG:-}" ] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	register_files
	# The witness serves a log of this form of name only: the digest of its key is in it.
	openssl genpkey -algorithm ed25519 -out pair.pem
	raw=$(openssl pkey -in pair.pem -pubout -outform DER | tail -c 32 | hex)
	origin=sigsum.org/v1/tree/$(printf '%s\n' "$raw" | unhex | sha256sum | cut -c 1-64)
	echo "$raw" >raw
	echo "$origin" >origin
	rm log.key
	{
		printf 'assay.key/1 log %s\n' "$origin"
		openssl pkey -in pair.pem -pubout
		cat pair.pem
	} >log.key
	chmod 600 log.key
	genesis
	init
	bring_collateral
	enroll worker
}

setup() {
	[ -n "${ASSAY_LONG:-}" ] || skip "--long only"
	cd "$BATS_FILE_TMPDIR" || return
	peers=${ASSAY_PEERS_BUILD:-$ASSAY_SOURCE/build-peers}/log
	mkdir -p "$peers"
}

teardown() {
	[ -z "${witness:-}" ] || kill "$witness" || true
}

# ask REQUEST: the answer's body to `answer`; prints its status.
ask() {
	curl -s -o answer -w '%{http_code}' --data-binary "@$1" "http://127.0.0.1:$port/add-checkpoint"
}

@test "sigsum-witness cosigns our checkpoints, and the cosignature is good" {
	run "$ASSAY_SOURCE/tests/peers/log/witness" "$peers/sigsum"
	[ "$status" -ne 77 ] || skip "$output"
	[ "$status" -eq 0 ]
	PATH=$peers/sigsum/usr/bin:$PATH
	sigsum-key generate -o witness-key
	sigsum-key from-hex <raw >log.pub
	port=$((20000 + $$ % 20000))
	GODEBUG=httpmuxgo121=0 sigsum-witness -k witness-key --log-key log.pub --state-file state "127.0.0.1:$port" 2>said &
	witness=$!
	for _ in $(seq 50); do ! curl -s "http://127.0.0.1:$port/" >/dev/null || break; sleep 0.1; done

	"$ASSAY" log cosign "${HEAD[@]}" --request request
	[ "$(ask request)" = 200 ]
	name=$(cut -d ' ' -f 2 answer)
	vkey=$(sigsum-key to-vkey -n "$name" -t cosignature/v1 <witness-key.pub)
	"$ASSAY" log cosignatures add answer "${HEAD[@]}" --witness "$vkey" --out cosigned
	printf 'log %s\nwitness w %s\nquorum w\n' "$("$ASSAY" key show log.key --json | jq -r .verifier)" "$vkey" >policy
	"$ASSAY" log prove worker "$(worker_of worker)" --store store --checkpoint cosigned --out proof
	"$ASSAY" log verify proof --witnesses policy --tier 1 --max-age 1h

	# It grows, from what the witness has; a request from elsewhere is told so.
	cut_block --count 300 --every 1s >/dev/null
	"$ASSAY" log cosign "${HEAD[@]}" --request wrong
	[ "$(ask wrong)" = 409 ]
	"$ASSAY" log cosign "${HEAD[@]}" --old-checkpoint cosigned --request request
	[ "$(ask request)" = 200 ]
	"$ASSAY" log cosignatures add answer "${HEAD[@]}" --witness "$vkey" --out cosigned
}

@test "@sigstore/verify finds our entries where our receipts say, and no others" {
	command -v npm >/dev/null || skip "there is no npm"
	mkdir -p "$peers/npm"
	cp "$ASSAY_SOURCE/tests/peers/log/"package*.json "$peers/npm/"
	run npm ci --prefix "$peers/npm" --ignore-scripts --no-audit --no-fund
	[ "$status" -eq 0 ] || skip "npm ci: ${lines[0]}"
	size=$(sed -n 2p log.checkpoint)
	receipts=()
	for i in 0 1 2 $((size / 2)) $((size - 2)) $((size - 1)); do
		"$ASSAY" log prove entry "$i" "${HEAD[@]}" --out "receipt.$i"
		"$ASSAY" log entries --store store --from "$i" --count 1 --raw >"entry.$i"
		receipts+=("receipt.$i" "entry.$i")
	done
	script=$ASSAY_SOURCE/tests/peers/log/included.js
	store=$PWD
	cd "$peers/npm"
	node "$script" "$(cat "$store/origin")" "$(cat "$store/raw")" "${receipts[@]/#/$store/}" >said
	[ "$(sort said | uniq -c | tr -s ' ')" = " 6 included" ]
	# Another entry; another log's key.
	node "$script" "$(cat "$store/origin")" "$(cat "$store/raw")" "$store/receipt.1" "$store/entry.2" | grep -q '^refused: calculated root'
	node "$script" "$(cat "$store/origin")" "$(printf '11%.0s' {1..32})" "$store/receipt.1" "$store/entry.1" | grep -q '^refused: invalid checkpoint'
}
