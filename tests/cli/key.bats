#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# assay key: files that OpenSSL reads, passphrases from everywhere, and what is refused.

# shellcheck disable=SC2094,SC2154
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export ASSAY_PASSPHRASE="correct horse"
	unset ASSAY_NEW_PASSPHRASE
}

key() {
	"$ASSAY" key "$@"
}

# refused CODE PATTERN COMMAND...: the exit code, nothing on standard output, and the sentence.
refused() {
	local code=$1 pattern=$2
	shift 2
	run --separate-stderr "$@"
	echo "$status: $output$stderr"
	[ "$status" -eq "$code" ]
	[ -z "$output" ]
	[[ "$stderr" == *"$pattern"* ]]
}

# without_terminal COMMAND...: nothing to ask on.
without_terminal() {
	setsid -w "$@"
}

# on_terminal FILE COMMAND: runs it on a terminal of its own with what it shows in FILE; each line of
# standard input is typed when one more colon has been asked with.
on_terminal() {
	local shown=$1 command=$2 prompts=0 line
	: >"$shown"
	while IFS= read -r line; do
		prompts=$((prompts + 1))
		for _ in $(seq 200); do
			[ "$(grep -oE '(passphrase (of|for) [^ ]*|again): ' "$shown" | wc -l)" -lt "$prompts" ] || break
			sleep 0.05
		done
		printf '%s\n' "$line"
	done | script -qefc "$command" "$shown" >/dev/null
}

@test "a new key is private, encrypted, and shown as it was made" {
	for kind in account agent "log --name example.org/log" "witness --name w.example"; do
		file=${kind%% *}.key
		# shellcheck disable=SC2086
		key new --kind $kind "$file" --json >made
		[ "$(stat -c %a "$file")" = 600 ]
		grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$file"
		env -u ASSAY_PASSPHRASE "$ASSAY" key show "$file" --json | diff made -
		[ "$(jq -r .kind made)" = "${kind%% *}" ]
		[ "$(jq -c .derivation made)" = '{"name":"scrypt","n":16384,"r":8,"p":8}' ]
		[ "$(jq -r 'keys_unsorted | join(" ")' made)" = \
			"schema kind algorithm id public_key name verifier encrypted derivation" ]
	done
	[ "$(jq -r .verifier made | cut -d+ -f1)" = w.example ]
	key show account.key | grep -q '^kind  *account (cold'
}

@test "the id is the digest of the public key, the verifier string that of its parts" {
	key new --kind account --no-passphrase a 2>/dev/null
	key show a --json >a.json
	[ "$(jq -r .public_key a.json | unhex | sha256sum | cut -d' ' -f1)" = "$(jq -r .id a.json)" ]
	[ "$(openssl pkey -in a -pubout -outform DER -ec_conv_form compressed | tail -c 33 | hex)" = \
		"$(jq -r .public_key a.json)" ]
	key new --kind log --name example.org/log --no-passphrase l
	verifier=$(key show l --json | jq -r .verifier)
	[ "$(cut -d+ -f1 <<<"$verifier")" = example.org/log ]
	raw=$(openssl pkey -in l -pubout -outform DER | tail -c 32 | hex)
	[ "$(cut -d+ -f3- <<<"$verifier" | base64 -d | hex)" = "01$raw" ]
	id=$( (printf 'example.org/log\n'; unhex <<<"01$raw") | sha256sum | cut -c1-8)
	[ "$(cut -d+ -f2 <<<"$verifier")" = "$id" ]
}

@test "openssl reads our files and its own commands agree about both halves" {
	for kind in account "log --name l"; do
		# shellcheck disable=SC2086
		key new --kind $kind "${kind%% *}" >/dev/null
		openssl pkey -in "${kind%% *}" -passin env:ASSAY_PASSPHRASE -pubout >public
		openssl pkey -pubin -in "${kind%% *}" | diff public -
		run ! openssl pkey -in "${kind%% *}" -passin pass:wrong -noout
	done
	printf message >m
	openssl pkey -in account -passin env:ASSAY_PASSPHRASE -out plain
	openssl dgst -sha256 -sign plain -out sig m
	openssl dgst -sha256 -verify <(openssl pkey -pubin -in account) -signature sig m
}

@test "files that openssl makes are read, and say that they are" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256 2>/dev/null
	openssl genpkey -algorithm ED25519 -aes-256-cbc -pass env:ASSAY_PASSPHRASE -out ed
	openssl pkcs8 -topk8 -scrypt -in p256 -passout env:ASSAY_PASSPHRASE -out scrypt
	openssl pkcs8 -topk8 -in p256 -passout env:ASSAY_PASSPHRASE -out pbkdf2
	chmod 600 p256 ed scrypt pbkdf2
	key show p256 --json >a
	for file in scrypt pbkdf2; do
		key show "$file" --json 2>notes >b
		[ "$(jq .id a)" = "$(jq .id b)" ]
		[ "$(jq .kind b)" = null ]
		grep -q 'cheaper to guess' notes
	done
	key show p256 | grep -q '^encrypted  *NO'
	key show ed | grep -q 'iterations=2048'
	# The public half is not there to be read without the passphrase.
	refused 2 "passphrase is wrong" env ASSAY_PASSPHRASE=x "$ASSAY" key show ed
	ASSAY_NEW_PASSPHRASE=new key passwd ed
	env -u ASSAY_PASSPHRASE "$ASSAY" key show ed | grep -q 'scrypt N=16384'
}

@test "keys of other algorithms and files of other forms are refused by name" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384 2>/dev/null
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa 2>/dev/null
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -aes-256-cbc -pass env:ASSAY_PASSPHRASE -out rsa4096 2>/dev/null
	openssl ecparam -name prime256v1 -genkey -out traditional
	openssl genpkey -algorithm ED25519 -aes-128-cbc -pass env:ASSAY_PASSPHRASE -out aes128
	: >empty
	head -c 300 /dev/urandom >garbage
	key new --kind account whole >/dev/null
	head -c 400 whole >short
	head -c 9000 /dev/zero >large
	chmod 600 ./*
	refused 2 "neither ECDSA P-256 nor Ed25519" "$ASSAY" key show p384
	refused 2 "neither ECDSA P-256 nor Ed25519" "$ASSAY" key show rsa
	refused 2 "neither ECDSA P-256 nor Ed25519" "$ASSAY" key show rsa4096
	refused 2 "openssl pkcs8 -topk8 -scrypt" "$ASSAY" key show traditional
	refused 2 "another scheme" "$ASSAY" key show aes128
	for file in empty garbage short; do
		refused 2 "no key file, or a part of it is missing" "$ASSAY" key show "$file"
	done
	refused 2 "larger than any key file" "$ASSAY" key show large
	refused 2 "No such file" "$ASSAY" key show nothing
	refused 2 "not a regular file" "$ASSAY" key show .
}

@test "a file that others can read is refused with the command that closes it" {
	key new --kind agent --no-passphrase a >/dev/null
	for mode in 640 604 660; do
		chmod "$mode" a
		refused 2 "chmod 600 a" "$ASSAY" key show a
	done
	chmod 600 a
	key show a
	echo word >word
	chmod 644 word
	refused 2 "chmod 600 word" "$ASSAY" key new --kind account --passphrase-file word b
	[ ! -e b ]
}

@test "what exists is not overwritten, and nobody is asked first" {
	echo precious >a
	unset ASSAY_PASSPHRASE
	refused 2 "it exists" without_terminal "$ASSAY" key new --kind account a
	[ "$(cat a)" = precious ]
	ln -s nowhere link
	refused 2 "it exists" without_terminal "$ASSAY" key new --kind account link
	[ ! -e nowhere ]
}

@test "passphrases come from files, descriptors and standard input" {
	(umask 077; printf 'first\r\n' >word)
	unset ASSAY_PASSPHRASE
	key new --kind account --passphrase-file word a >/dev/null
	openssl pkey -in a -passin pass:first -noout
	(umask 077; echo second >new)
	key passwd a --passphrase-file word --new-passphrase-file /dev/fd/3 3<new >/dev/null
	echo second | key passwd a --passphrase-file - --new-passphrase-file <(printf third) >/dev/null
	openssl pkey -in a -passin pass:third -noout
	refused 2 "both -" "$ASSAY" key passwd a --passphrase-file - --new-passphrase-file -
	refused 2 "No such file" "$ASSAY" key passwd a --passphrase-file absent
	refused 2 "no terminal to ask on" without_terminal "$ASSAY" key passwd a
	refused 2 "ASSAY_NEW_PASSPHRASE" without_terminal env ASSAY_PASSPHRASE=third "$ASSAY" key passwd a
}

@test "an empty passphrase, several lines and too many bytes are refused" {
	: >empty
	echo >newline
	printf 'a\nb\n' >lines
	printf 'a\0b' >zero
	head -c 1025 /dev/zero | tr '\0' x >long
	chmod 600 empty newline lines zero long
	refused 2 "it is empty" "$ASSAY" key new --kind account --passphrase-file empty a
	refused 2 "it is empty" "$ASSAY" key new --kind account --passphrase-file newline a
	refused 2 "more than one line" "$ASSAY" key new --kind account --passphrase-file lines a
	refused 2 "zero byte" "$ASSAY" key new --kind account --passphrase-file zero a
	refused 2 "longer than 1,024" "$ASSAY" key new --kind account --passphrase-file long a
	refused 2 "it is empty" env ASSAY_PASSPHRASE= "$ASSAY" key new --kind account a
	refused 2 "longer than 1,024" env ASSAY_PASSPHRASE="$(cat long)" "$ASSAY" key new --kind account a
	[ ! -e a ]
	head -c 1024 long >longest
	chmod 600 longest
	key new --kind account --passphrase-file longest a >/dev/null
}

@test "a key without a passphrase is made only where that is said, and shows it" {
	key new --kind agent --no-passphrase a --json >a.json
	[ "$(jq -c '[.encrypted, .derivation]' a.json)" = '[false,null]' ]
	key new --kind account --no-passphrase b 2>notes | grep -q '^encrypted  *NO'
	grep -q 'whoever reads b has it' notes
	refused 2 "exclude each other" "$ASSAY" key new --kind agent --no-passphrase --passphrase-file x c
	[ ! -e c ]
	# It may get one later; no option takes one away.
	ASSAY_NEW_PASSPHRASE=late key passwd a | grep -q scrypt
	openssl pkey -in a -passin pass:late -noout
	refused 2 "belongs to \`assay key new\`" "$ASSAY" key passwd a --no-passphrase
}

@test "another passphrase changes nothing else, and a wrong one nothing at all" {
	key new --kind log --name l a --json >before
	cp a old
	ASSAY_NEW_PASSPHRASE=second key passwd a --json | diff before -
	[ "$(stat -c %a a)" = 600 ]
	run ! cmp -s a old
	openssl pkey -in a -passin pass:second -noout
	cp a kept
	refused 2 "passphrase is wrong" env ASSAY_NEW_PASSPHRASE=third "$ASSAY" key passwd a
	cmp a kept
	[ "$(echo a*)" = a ]
}

@test "a public half that is not that of the private one is refused once the file is opened" {
	key new --kind account a >/dev/null
	key new --kind account b >/dev/null
	(umask 077; sed '/BEGIN ENCRYPTED/,$d' a; sed -n '/BEGIN ENCRYPTED/,$p' b) >mixed
	chmod 600 mixed
	refused 2 "belong to two keys" env ASSAY_NEW_PASSPHRASE=x "$ASSAY" key passwd mixed
	# Where there is nothing to decrypt, showing it is enough.
	key new --kind agent --no-passphrase c >/dev/null
	(sed '/BEGIN PRIVATE/,$d' c; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null) >mixed
	refused 2 "belong to two keys" "$ASSAY" key show mixed
}

@test "a file that asks for more memory or time than any key needs is refused at once" {
	openssl genpkey -algorithm ED25519 -out plain
	openssl pkcs8 -topk8 -scrypt -scrypt_N 1024 -scrypt_r 1 -scrypt_p 8192 -in plain -passout env:ASSAY_PASSPHRASE -out slow
	openssl pkcs8 -topk8 -scrypt -scrypt_N 2 -in plain -passout env:ASSAY_PASSPHRASE -out weak
	openssl pkcs8 -topk8 -iter 4000001 -in plain -passout env:ASSAY_PASSPHRASE -out iterated
	chmod 600 slow weak iterated
	for file in slow weak iterated; do
		# Without a terminal: it is refused before a passphrase is asked for.
		refused 2 "more memory or time" without_terminal env -u ASSAY_PASSPHRASE "$ASSAY" key show "$file"
	done
}

@test "on a terminal the passphrase is asked for twice, and not shown" {
	command -v script >/dev/null || skip "there is no script(1)"
	unset ASSAY_PASSPHRASE
	printf 'secret\nsecret\n' | on_terminal shown "$ASSAY key new --kind account a"
	run ! grep -q secret shown
	grep -q '^id ' shown
	openssl pkey -in a -passin pass:secret -noout
	printf 'secret\nother\nother\n' | on_terminal shown "$ASSAY key passwd a"
	openssl pkey -in a -passin pass:other -noout
	printf 'one\ntwo\n' >typed
	run on_terminal shown "$ASSAY key new --kind account b" <typed
	[ "$status" -eq 2 ]
	grep -q 'the two are not the same' shown
	[ ! -e b ]
}

@test "a terminal has its echo back when asking is interrupted" {
	command -v script >/dev/null || skip "there is no script(1)"
	unset ASSAY_PASSPHRASE
	printf 'half\003\n' | on_terminal shown "trap : INT; $ASSAY key new --kind account a; echo code \$?; stty -a"
	grep -q 'code 130' shown
	grep -qE '(^| )echo( |$)' shown
	[ ! -e a ]
}

@test "wrong words are refused with the right ones" {
	refused 2 "give --kind account, agent, log or witness" "$ASSAY" key new a
	refused 2 "no such kind" "$ASSAY" key new --kind worker a
	refused 2 "logs and witnesses have names" "$ASSAY" key new --kind log a
	refused 2 "known by their id" "$ASSAY" key new --kind account --name me a
	for name in 'a b' 'a+b' '' $'a\tb' 'ä' "$(head -c 256 /dev/zero | tr '\0' n)"; do
		refused 2 "printable ASCII" "$ASSAY" key new --kind log --name "$name" a
	done
	refused 2 "signs nothing" "$ASSAY" key sign a
	refused 2 "did you mean show" "$ASSAY" key shw a
	refused 2 "its words are" "$ASSAY" key show
	refused 2 "belongs to \`assay key passwd\`" "$ASSAY" key new --kind account --new-passphrase-file x a
	[ ! -e a ]
}

@test "a directory that cannot be written is an error, and leaves nothing" {
	refused 2 "No such file" "$ASSAY" key new --kind account no/a
	if [ "$(id -u)" -ne 0 ]; then
		mkdir closed
		chmod 500 closed
		refused 2 "Permission denied" "$ASSAY" key new --kind account closed/a
	fi
}
