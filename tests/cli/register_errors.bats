#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the commands on a register refuse, and what they say then.

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
}

# genesis_fails CHANGE PATTERN...: jq's change makes a description that is refused with these words.
genesis_fails() {
	local change=$1 pattern
	shift
	genesis_with "$change"
	run --separate-stderr "$ASSAY" register init "${STORE[@]}" --genesis changed.json
	echo "$change: $status: $output$stderr"
	[ "$status" -eq 2 ] || return 1
	[ -z "$output" ] || return 1
	[ ! -e store ] || return 1
	for pattern in "$@"; do
		[[ "$stderr" == *"$pattern"* ]] || return 1
	done
}

@test "a genesis that is wrong is refused with the path of its member" {
	genesis_fails 'del(.name)' 'member name is wrong' 'it is missing'
	genesis_fails '.nam = 1' 'member nam is wrong' 'did you mean name?'
	genesis_fails '.schema = "assay.genesis/2"' 'member schema' 'this version reads assay.genesis/1'
	genesis_fails '.name = 5' 'member name' 'a string has to stand there'
	genesis_fails '.time = "soon"' 'it is no time'
	genesis_fails '.parameters.windw = 5' 'member parameters.windw' 'did you mean window?'
	genesis_fails '.parameters.window = 5000' 'member parameters.window' 'write a number of blocks from 1 to 1000'
	genesis_fails '.parameters.window = 5' 'member parameters' 'they do not fit each other'
	genesis_fails '.parameters.lock = "soon"' 'member parameters.lock' 'write a number of ms'
	genesis_fails '.roots = ["intel", 5]' 'member roots[1]' 'a string has to stand there'
	genesis_fails '.roots = "nowhere.pem"' 'nowhere.pem'
	genesis_fails '.log.key = "nowhere.key"' 'nowhere.key'
	genesis_fails '.log.key = "operator.key"' 'member log.key' 'it is not the key of a log'
	genesis_fails '.log.witnesses = ["x"]' 'log.witnesses' 'a witness is known by its verifier key'
	genesis_fails '.council.threshold = 1' 'member council' 'more than half'
	genesis_fails '.council.members[1] = "x"' 'council.members[1]' 'an account is known by the 64 hex digits'
	genesis_fails '.accounts[0].balance = 0' 'member accounts[0]' 'a balance above 0'
	genesis_fails '.accounts[0].balance = -1' 'member accounts[0].balance' 'a whole number'
	genesis_fails '.accounts += [.accounts[0]]' 'accounts must ascend'
	genesis_fails '.policy = "nobody"' 'nobody'
	genesis_fails '.policy = {"schema":"assay.policy/1","nam":"x"}' 'member policy'
	genesis_fails '.signers[0].signer = "ab"' 'signers[0].signer' '64 hex digits'
	genesis_fails '.programs[0].version = "x"' 'programs[0].version' 'no whole number'
	genesis_fails 'del(.programs[0].selector.isv_svn)' 'programs[0].selector.isv_svn' 'it is missing'
	genesis_fails '.programs[0] |= {selector, tee, name, version, signer}' 'put member "tee" before "selector"'
	genesis_fails '.signers = []' 'cannot be a genesis'
	genesis_fails '.treasury = 9300000000000000000' 'member treasury'
	echo '{"schema":' >changed.json
	fails 2 'cannot be a genesis' register init "${STORE[@]}" --genesis changed.json
	fails 2 '--genesis is missing' register init "${STORE[@]}"
	fails 2 '--store is missing' register init --genesis genesis.json
	fails 2 'nowhere' register init "${STORE[@]}" --genesis nowhere
}

@test "a register is made once, and signed for by the key that genesis names" {
	"$ASSAY" key new --kind log --name example.org/other --no-passphrase other-log.key >/dev/null
	fails 2 "genesis names another key" register init "${STORE[@]}" --genesis genesis.json --key other-log.key --checkpoint c
	fails 2 "--checkpoint is missing" register init "${STORE[@]}" --genesis genesis.json --key log.key
	fails 2 "--key is missing" register init "${STORE[@]}" --genesis genesis.json --checkpoint c
	fails 2 "not the key of a log" register init "${STORE[@]}" --genesis genesis.json --key operator.key --checkpoint c
	rm -rf store
	init
	fails 2 "" register init "${STORE[@]}" --genesis genesis.json
	fails 2 "signed for a log already" register init --store second --genesis genesis.json --key log.key --checkpoint log.checkpoint
	# A store that is behind what was signed is read, and not signed for.
	cp -r store before
	cut_block >/dev/null
	rm -rf store
	mv before store
	fails 4 "" block cut "${STORE[@]}" --key log.key --checkpoint log.checkpoint --at +1s
	"$ASSAY" register show "${STORE[@]}" --json | jq -e '.height == 0'
	mv log.checkpoint elsewhere
	fails 2 "--accept-missing-checkpoint" block cut "${STORE[@]}" --key log.key --checkpoint log.checkpoint --at +1s
	"$ASSAY" block cut "${STORE[@]}" --key log.key --checkpoint log.checkpoint --at +1s --accept-missing-checkpoint >/dev/null
}

@test "words that are not known are refused, with those that are near" {
	fails 2 'did you mean init?' register int
	fails 2 'did you mean transfer?' tx transfr "${STORE[@]}"
	fails 2 'did you mean deny' gov propose dney "${STORE[@]}"
	fails 2 'did you mean propose?' gov propse
	fails 2 'its words are list, show, allow' program xyz
	fails 2 'did you mean bond?' stake bnd x
	fails 2 'did you mean worker?' wroker list "${STORE[@]}"
	fails 2 'its words are list' assign show
	fails 2 'its words are cut' block make
	fails 2 'such option' tx transfer --amont 5
	fails 2 'does not take --worker' tx transfer --worker aaaa "${STORE[@]}"
	fails 2 'does not take --tier' worker show aaaa --tier 1 "${STORE[@]}"
	fails 2 'does not take --amount' app show aaaa --amount 1 "${STORE[@]}"
	fails 2 'one word too many' gov list x
	fails 2 'was not told what to work on' gov approve
	fails 2 'was not told what to work on' tx decode
	fails 2 'does not know what to do with x' tx transfer x
	fails 2 'an act is missing' gov propose
}

@test "stores that are none" {
	fails 2 '--store is missing' worker list
	fails 2 '' worker list --store nowhere
	fails 2 '' register show --store .
	mkdir empty
	fails 2 '' block cut --store empty
	init
	printf 'x' | dd of=store/register.db bs=1 seek=8192 conv=notrunc status=none
	run "$ASSAY" register show "${STORE[@]}"
	[ "$status" -ne 0 ] || [ "$status" -lt 70 ]
}

@test "values that are wrong" {
	init
	to=(tx transfer --to @other.key "${STORE[@]}" --key operator.key)
	fails 2 'needs --amount' "${to[@]}"
	fails 2 'usage: assay tx transfer --to ID --amount NUMBER' "${to[@]}"
	fails 2 'no whole number' "${to[@]}" --amount 1.5
	fails 2 'no whole number' "${to[@]}" --amount 18446744073709551616
	fails 2 'no account' tx transfer --to abc --amount 1 "${STORE[@]}" --key operator.key
	fails 2 'nowhere' tx transfer --to @nowhere --amount 1 "${STORE[@]}" --key operator.key
	fails 2 '--key is missing' tx transfer --to @other.key --amount 1 "${STORE[@]}"
	fails 2 'cannot sign a transaction' tx transfer --to @other.key --amount 1 "${STORE[@]}" --key log.key
	fails 2 '--valid-for 0' "${to[@]}" --amount 1 --valid-for 0
	fails 2 'exclude each other' "${to[@]}" --amount 1 --dry-run --now
	fails 2 'exclude each other' "${to[@]}" --amount 1 --dry-run --unsigned x
	fails 2 'it is no time' "${to[@]}" --amount 1 --dry-run --at soon
	fails 2 'after the plus' "${to[@]}" --amount 1 --dry-run --at +soon
	fails 2 'no worker of this register begins so' stake bond abcd --amount 1 "${STORE[@]}" --key operator.key
	fails 2 'no program of this register begins so or has that name' program show nobody "${STORE[@]}"
	fails 2 'it is no duration' tx pause --worker "$(printf 'ab%.0s' {1..32})" --duration soon "${STORE[@]}" --key operator.key
	app=(app open --name x --program worker --slots 1 --pay 1 "${STORE[@]}" --key app.key)
	fails 2 'tiers are 1, the best, to 5' "${app[@]}" --tiers 0-3
	fails 2 'tiers are 1, the best, to 5' "${app[@]}" --tiers financ
	fails 2 'TEEs are sgx and tdx' "${app[@]}" --tiers 1 --tees snp
	fails 2 'did you mean best?' "${app[@]}" --tiers 1 --order bst
	gov=(gov propose "${STORE[@]}" --key one.key --reason test)
	fails 2 'needs a reason' gov propose pause-slashing "${STORE[@]}" --key one.key
	fails 2 'did you mean window?' "${gov[@]}" set-parameter --parameter windw --value 1
	fails 2 'neither yes nor no' "${gov[@]}" pause-slashing --pause maybe
	fails 2 'it is no status' "${gov[@]}" deny --kind status --value Bad
	fails 2 'a component is an FMSPC' "${gov[@]}" deny --kind component --value 00906ed50000
	fails 2 'a program is known by its measurements' "${gov[@]}" allow-program --name x --version 1 --signer "the team"
	fails 2 'does not say which program' "${gov[@]}" allow-program --name x --version 1 --signer "the team" --quote genesis.json
	fails 2 'needs --validators' "${gov[@]}" set-validators
	fails 2 'a validator is its Ed25519 key' "${gov[@]}" set-validators --validators x
	fails 2 'proposals are known by their number' gov show x "${STORE[@]}"
	fails 2 'proposal 9 is not known' gov show 9 "${STORE[@]}"
	fails 2 'nothing was ever credited' stake show @other.key "${STORE[@]}"
	fails 2 'no block was cut' block cut "${STORE[@]}" --count 0 --at +1s
	fails 2 'no block was cut' block cut "${STORE[@]}" --every x --at +1s
	[ "$("$ASSAY" register show "${STORE[@]}" --json | jq -c '[.height, .queues.waiting]')" = '[0,0]' ]
}

@test "files that are no transactions" {
	init
	fails 2 'neither a signed transaction nor' tx decode genesis.json
	fails 2 'neither a signed transaction nor' tx send genesis.json "${STORE[@]}"
	fails 2 'nowhere' tx decode nowhere
	"$ASSAY" tx transfer --to @other.key --amount 1 "${STORE[@]}" --key operator.key --unsigned made >/dev/null
	fails 2 'cannot be written' tx transfer --to @other.key --amount 1 "${STORE[@]}" --key operator.key --unsigned made
	fails 2 'nobody has signed it' tx send made "${STORE[@]}"
	fails 2 '--out is missing' tx sign made --key operator.key
	fails 2 'cannot sign a transaction' tx sign made --key log.key --out signed
	"$ASSAY" tx sign made --key operator.key --out signed >/dev/null
	fails 2 'neither a signed transaction nor' tx sign signed --key operator.key --out again
	head -c 100 signed >cut
	fails 2 'neither a signed transaction nor' tx decode cut
	fails 4 'no document of a vendor' tx collateral --collateral genesis.json "${STORE[@]}" --key operator.key
}

@test "what the register refuses is exit 5, with its code" {
	init
	refuses balance.short operator tx transfer --to @other.key --amount 1000001
	refuses account.self operator tx transfer --to @operator.key --amount 1
	refuses sender.not-council operator gov propose pause-slashing --reason test
	refuses proposal.unknown one gov approve 5
	refuses worker.unknown operator tx stop --worker "$(printf 'ab%.0s' {1..32})"
	refuses parameter.fixed one gov propose set-parameter --parameter nonce_age --value 30 --reason test
	refuses parameter.range one gov propose set-parameter --parameter window --value 5000 --reason test
	height=$(evidence worker worker)
	register=(tx register --worker-key @worker.key --agreement-key "$AGREEMENT" --program worker --evidence @worker.quote.bin)
	refuses evidence.undecided operator "${register[@]}" --nonce-height "$height"
	bring_collateral
	refuses evidence.nonce operator "${register[@]}" --nonce-height 500
	refuses evidence.report-data operator "${register[@]}" --nonce-height "$((height + 1))"
	evidence forged worker --break quote.signature >/dev/null
	run --separate-stderr "$ASSAY" tx register --worker-key @worker.key --agreement-key "$AGREEMENT" --program worker \
		--nonce-height "$height" --evidence @forged.quote.bin "${STORE[@]}" --key operator.key --dry-run --at +1s
	[ "$status" -eq 5 ]
	[[ "$output" == *"evidence.refused"*"quote.signature"* ]]
	jq -r .root_ca_crl program.collateral.json | unhex >root.crl
	refuses collateral.not-newer operator tx collateral --kind root-crl --body @root.crl
	fails 2 'has no such row' worker answer --worker-key worker.key "${STORE[@]}" --key operator.key
	fails 2 'nothing can be bound to block 500' worker bind --worker-key @worker.key --agreement-key "$AGREEMENT" \
		--operator @operator.key --program worker --height 500 "${STORE[@]}"
	fails 2 '--agreement-key is missing' worker bind --worker-key @worker.key "${STORE[@]}"
}

@test "what keeps a worker out is said, and what would mend it" {
	init
	bring_collateral
	enroll worker
	w=$(worker_of worker)
	accepted one gov propose force-offline --worker "$w" --reason test
	accepted two gov approve 1
	"$ASSAY" worker show "$w" "${STORE[@]}" >shown
	grep -q '^not admitted  the council keeps it offline$' shown
	grep -q '^  to do  *assay gov log says why' shown
	[ "$("$ASSAY" worker show "$w" "${STORE[@]}" --json | jq -r .standing)" = forced ]
	refuses worker.state operator tx start --worker "$w"
	# Silence is another matter: nobody was drawn since.
	fails 1 'no draw waits for an answer of this worker' worker answer --worker-key worker.key "${STORE[@]}" --key operator.key
}

@test "errors are objects where results are" {
	run --separate-stderr "$ASSAY" worker list --json
	[ "$status" -eq 2 ]
	jq -e '.schema == "assay.error/1" and .exit == 2 and (.cause | length > 0)' <<<"$stderr"
}
