// SPDX-License-Identifier: Apache-2.0
//
// Verifies receipts (C2SP tlog-proof) with the npm package @sigstore/verify: its
// checkpoint and its Merkle code, which were not written for this log.
//
// usage: node included.js ORIGIN KEY_HEX RECEIPT ENTRY...

'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const package_ = path.dirname(require.resolve('@sigstore/verify/package.json', { paths: [process.cwd()] }));
const { verifyCheckpoint } = require(path.join(package_, 'dist/tlog/checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(package_, 'dist/tlog/merkle.js'));

const [origin, keyHex, ...files] = process.argv.slice(2);
const raw = Buffer.from(keyHex, 'hex');
const publicKey = crypto.createPublicKey({
	key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki',
});
const keyId = crypto.createHash('sha256').update(origin).update(Buffer.from([0x0a, 0x01])).update(raw).digest();
const log = { logID: keyId, baseURL: origin, publicKey };

function included(receipt, entry) {
	const end = receipt.indexOf('\n\n');
	const lines = receipt.slice(0, end).split('\n');
	const index = lines.findIndex((line) => line.startsWith('index '));
	const proof = {
		logIndex: lines[index].slice('index '.length),
		hashes: lines.slice(index + 1).map((line) => Buffer.from(line, 'base64')),
		checkpoint: { envelope: receipt.slice(end + 2) },
	};
	const item = { inclusionProof: proof, canonicalizedBody: entry };

	verifyMerkleInclusion(item, verifyCheckpoint(item, [log]));
}

for (let i = 0; i + 1 < files.length; i += 2) {
	const receipt = fs.readFileSync(files[i], 'utf8');
	const entry = fs.readFileSync(files[i + 1]);
	let said = 'included';

	try {
		included(receipt, entry);
	} catch (error) {
		said = `refused: ${error.message}`;
	}
	console.log(said);
}
