# SPDX-License-Identifier: Apache-2.0
# For the tests of registers: a store with keys, a council and a program, whose blocks come a second apart.

STORE=(--store store)
SIGNED=(--log-key log.key --checkpoint log.checkpoint)
NEXT=(--now "${SIGNED[@]}" --at +1s)
AGREEMENT=$(printf 'ab%.0s' {1..32})

# Once for the file: keys, and a quote of the program that genesis allows.
register_files() {
	local name
	for name in operator other app one two three worker worker2; do
		"$ASSAY" key new --kind account --no-passphrase "$name.key" >/dev/null 2>&1
	done
	"$ASSAY" key new --kind agent --no-passphrase agent.key >/dev/null
	"$ASSAY" key new --kind log --name example.org/register --no-passphrase log.key >/dev/null
	"$ASSAY" key new --kind witness --name witness.example --no-passphrase witness.key >/dev/null
	simulate program
	simulate program-td --tee tdx
	genesis
}

measured() {
	"$ASSAY" inspect program.quote.bin --json | jq -r ".body.$1"
}

# The description of the register: epochs of 12 blocks, nobody is asked to re-attest.
genesis() {
	local witness
	witness=$("$ASSAY" key show witness.key --json | jq -r .verifier)
	jq -n --arg enclave "$(measured mrenclave)" --arg signer "$(measured mrsigner)" --arg witness "$witness" --arg at "$AT" '{
		schema: "assay.genesis/1", name: "test", backing: "nothing: a test", time: $at,
		parameters: {epoch_blocks: 12, window: 3, reattest_window: 4, nonce_age: 20, reattest_one_in: 10000,
			lock: "10s", reward: 100, cooling: "5s", offline_limit: "1h", rotate_lock: "1s"},
		roots: "program.roots.pem", log: {key: "log.key", quorum: 1, witnesses: [$witness]},
		council: {threshold: 2, members: ["@one.key", "@two.key", "@three.key"]}, treasury: 1000000,
		accounts: [{account: "@operator.key", balance: 1000000}, {account: "@app.key", balance: 500000}],
		policy: "confidence", signers: [{signer: $signer, name: "the team"}],
		programs: [{name: "worker", version: 1, tee: "sgx", signer: $signer, mitigates: ["INTEL-SA-00615"],
			selector: {mrenclave: $enclave, mrsigner: $signer, isv_prod_id: 1, isv_svn: 1}}]}' >genesis.json
}

# The description with a change that jq makes.
genesis_with() {
	jq "$1" genesis.json >changed.json
}

init() {
	"$ASSAY" register init "${STORE[@]}" --genesis genesis.json --key log.key --checkpoint log.checkpoint >/dev/null
}

# cut_at TIME [options], and a second later: blocks that are signed.
cut_at() {
	local at=$1
	shift
	"$ASSAY" block cut "${STORE[@]}" --key log.key --checkpoint log.checkpoint --at "$at" "$@"
}

cut_block() {
	cut_at +1s "$@"
}

# accepted KEY COMMAND...: sends it in a block of its own.
accepted() {
	local key=$1
	shift
	"$ASSAY" "$@" "${STORE[@]}" --key "$key.key" "${NEXT[@]}" --json >sent.json || { cat sent.json; return 1; }
	jq -e 'if type == "array" then all(.[]; .result.accepted) else .result.accepted end' sent.json >/dev/null
}

# refuses CODE KEY COMMAND...: the register refuses it with this code, in a trial and in a block.
refuses() {
	local code=$1 key=$2
	shift 2
	local run
	for run in "--dry-run --at +1s" "--now --at +1s --log-key log.key --checkpoint log.checkpoint"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$ASSAY" "$@" "${STORE[@]}" --key "$key.key" $run --json
		echo "$status: $output $stderr"
		[ "$status" -eq 5 ] || return 1
		[ "$(jq -r .result.code <<<"$output")" = "$code" ] || return 1
		[ "$(jq -r .result.text <<<"$output")" != "" ] || return 1
	done
}

# fails CODE PATTERN COMMAND...: an error of the command itself, with nothing on standard output.
fails() {
	local code=$1 pattern=$2
	shift 2
	run --separate-stderr "$ASSAY" "$@"
	echo "$status: $output$stderr"
	[ "$status" -eq "$code" ] || return 1
	[ -z "$output" ] || return 1
	[[ "$stderr" == *"$pattern"* ]]
}

worker_of() {
	"$ASSAY" worker list "${STORE[@]}" --json | jq -r --arg key "$(key_of "$1")" '.[] | select(.key == $key) | .id'
}

# x||y of a key file.
key_of() {
	"$ASSAY" key show "$1.key" --json >/dev/null
	openssl pkey -in "$1.key" -pubout -outform DER | tail -c 64 | hex
}

# evidence NAME KEY [options of assay-sim]: NAME.quote.bin, bound to the last block; prints its height.
evidence() {
	local name=$1 key=$2
	shift 2
	"$ASSAY" worker bind "${STORE[@]}" --worker-key "@$key.key" --agreement-key "$AGREEMENT" --operator @operator.key \
		--program worker --json >"$name.binding.json"
	simulate "$name" --report-data "$(jq -r .report_data "$name.binding.json")" "$@"
	jq -r .nonce_height "$name.binding.json"
}

# enroll KEY [options of assay-sim]: register, bond and start a worker of the operator.
enroll() {
	local key=$1 height
	shift
	height=$(evidence "$key" "$key" "$@")
	accepted operator tx register --worker-key "@$key.key" --agreement-key "$AGREEMENT" --program worker \
		--nonce-height "$height" --evidence "@$key.quote.bin" --endpoint "https://$key.example"
	accepted operator stake bond "$(worker_of "$key")" --amount 5000
	accepted operator tx start --worker "$(worker_of "$key")" --ask 1
}

bring_collateral() {
	accepted operator tx collateral --collateral program.collateral.json
}

# answer KEY: cut blocks until the worker is drawn, and answer.
answer() {
	local i
	for i in $(seq 26); do
		if "$ASSAY" worker answer "${STORE[@]}" --worker-key "$1.key" --key operator.key "${NEXT[@]}" --json >answer.json 2>&1; then
			return 0
		fi
		cut_block >/dev/null
	done
	cat answer.json
	return 1
}

# pause KEY: announces maintenance of the worker as soon as no challenge waits for its answer.  What is
# drawn follows from the keys, which are new each time, so a draw may be open; it is answered first.
pause() {
	local i
	for i in $(seq 10); do
		if accepted operator tx pause --worker "$(worker_of "$1")" --duration 30min; then
			return 0
		fi
		[ "$(jq -r .result.code sent.json)" = pause.challenge-open ] || return 1
		answer "$1" || return 1
	done
	return 1
}
