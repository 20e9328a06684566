// SPDX-License-Identifier: Apache-2.0
//
// Judges evidence with the npm package @phala/dcap-qvl: one JSON line per case
// on standard input, one JSON line per answer on standard output (see ../README.md).

'use strict';

const crypto = require('crypto');
const fs = require('fs');
const readline = require('readline');
const { QuoteVerifier } = require('@phala/dcap-qvl');

function verifierFor(rootPath) {
	if (!rootPath) {
		return QuoteVerifier.newProd();
	}
	return QuoteVerifier.newWithRootCa(new crypto.X509Certificate(fs.readFileSync(rootPath)).raw);
}

function sentence(error) {
	const parts = [];
	for (let e = error; e; e = e.cause) {
		parts.push(e.message || String(e));
	}
	return parts.join(': ');
}

function judge(entry) {
	const answer = { peer: 'npm', ok: false, status: '', advisories: [], error: '', ns: [0, 0] };
	let quote, collateral, verifier;

	try {
		quote = fs.readFileSync(entry.quote);
		collateral = fs.readFileSync(entry.collateral);
		verifier = verifierFor(entry.root);
	} catch (e) {
		answer.error = 'input: ' + sentence(e);
		return answer;
	}
	const times = [];
	for (let round = 0; round < Math.max(1, entry.repeat || 1); round++) {
		const started = process.hrtime.bigint();
		try {
			// Parsing belongs to the work: every peer begins with the bytes as they were sent.
			const report = verifier.verify(quote, JSON.parse(collateral), entry.at);
			answer.ok = true;
			answer.status = report.status;
			answer.advisories = report.advisory_ids;
		} catch (e) {
			answer.ok = false;
			answer.error = sentence(e);
		}
		times.push(Number(process.hrtime.bigint() - started));
	}
	times.sort((a, b) => a - b);
	answer.ns = [times[0], times[times.length >> 1]];
	return answer;
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
	if (line.trim() !== '') {
		process.stdout.write(JSON.stringify(judge(JSON.parse(line))) + '\n');
	}
});
