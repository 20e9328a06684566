// SPDX-License-Identifier: Apache-2.0

// Judges TDX evidence with the module github.com/google/go-tdx-guest: one JSON
// line per case on standard input, one JSON line per answer on standard output
// (see ../README.md).
package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-tdx-guest/verify"
)

type testCase struct {
	Quote      string `json:"quote"`
	Collateral string `json:"collateral"`
	Root       string `json:"root"`
	At         int64  `json:"at"`
	Repeat     int    `json:"repeat"`
}

type answer struct {
	Peer       string   `json:"peer"`
	OK         bool     `json:"ok"`
	Status     string   `json:"status"`
	Advisories []string `json:"advisories"`
	Error      string   `json:"error"`
	NS         [2]int64 `json:"ns"`
}

type collateral struct {
	PckCrlIssuerChain     string `json:"pck_crl_issuer_chain"`
	RootCaCrl             string `json:"root_ca_crl"`
	PckCrl                string `json:"pck_crl"`
	TcbInfoIssuerChain    string `json:"tcb_info_issuer_chain"`
	TcbInfo               string `json:"tcb_info"`
	TcbInfoSignature      string `json:"tcb_info_signature"`
	QeIdentityIssuerChain string `json:"qe_identity_issuer_chain"`
	QeIdentity            string `json:"qe_identity"`
	QeIdentitySignature   string `json:"qe_identity_signature"`
}

type response struct {
	header map[string][]string
	body   []byte
}

// memoryGetter answers as the vendor's service would, from memory.
type memoryGetter struct {
	tcbInfo, qeIdentity, pckCrl, rootCrl response
}

func (getter *memoryGetter) Get(address string) (map[string][]string, []byte, error) {
	answer := getter.rootCrl
	switch {
	case strings.Contains(address, "/qe/identity"):
		answer = getter.qeIdentity
	case strings.Contains(address, "/pckcrl"):
		answer = getter.pckCrl
	case strings.Contains(address, "/tcb?"):
		answer = getter.tcbInfo
	}
	if len(answer.body) == 0 {
		return nil, nil, errors.New("the collateral has no such part")
	}
	return answer.header, answer.body, nil
}

func chainHeader(name, chain string) map[string][]string {
	return map[string][]string{name: {url.QueryEscape(chain)}}
}

// replies puts the collateral back into the form in which the service sends it.
func replies(raw []byte) (*memoryGetter, error) {
	var parts collateral
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, fmt.Errorf("collateral: %w", err)
	}
	pckCrl, err := hex.DecodeString(parts.PckCrl)
	if err != nil {
		return nil, fmt.Errorf("collateral: %w", err)
	}
	rootCrl, err := hex.DecodeString(parts.RootCaCrl)
	if err != nil {
		return nil, fmt.Errorf("collateral: %w", err)
	}
	document := func(member, text, signature string) []byte {
		return []byte(fmt.Sprintf(`{"%s":%s,"signature":"%s"}`, member, text, signature))
	}
	return &memoryGetter{
		tcbInfo: response{chainHeader("Tcb-Info-Issuer-Chain", parts.TcbInfoIssuerChain),
			document("tcbInfo", parts.TcbInfo, parts.TcbInfoSignature)},
		qeIdentity: response{chainHeader("Sgx-Enclave-Identity-Issuer-Chain", parts.QeIdentityIssuerChain),
			document("enclaveIdentity", parts.QeIdentity, parts.QeIdentitySignature)},
		pckCrl:  response{chainHeader("Sgx-Pck-Crl-Issuer-Chain", parts.PckCrlIssuerChain), pckCrl},
		rootCrl: response{nil, rootCrl},
	}, nil
}

// trustedRoots gives the pool with the one root of a case, or nil for the module's own.
func trustedRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	root, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return pool, nil
}

func judgeOnce(quote []byte, getter *memoryGetter, roots *x509.CertPool, at time.Time) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return verify.RawTdxQuote(quote, &verify.Options{CheckRevocations: true, GetCollateral: true,
		Getter: getter, Now: at, TrustedRoots: roots})
}

func judge(entry testCase) (result answer) {
	result = answer{Peer: "go", Advisories: []string{}}
	quote, err := os.ReadFile(entry.Quote)
	if err != nil {
		result.Error = "input: " + err.Error()
		return
	}
	raw, err := os.ReadFile(entry.Collateral)
	if err != nil {
		result.Error = "input: " + err.Error()
		return
	}
	getter, err := replies(raw)
	if err != nil {
		result.Error = err.Error()
		return
	}
	roots, err := trustedRoots(entry.Root)
	if err != nil {
		result.Error = err.Error()
		return
	}
	var times []int64
	for round := 0; round < max(1, entry.Repeat); round++ {
		started := time.Now()
		err = judgeOnce(quote, getter, roots, time.Unix(entry.At, 0).UTC())
		times = append(times, time.Since(started).Nanoseconds())
	}
	slices.Sort(times)
	result.NS = [2]int64{times[0], times[len(times)/2]}
	result.OK = err == nil
	if err != nil {
		result.Error = err.Error()
	}
	return
}

// ownOutput keeps standard output for the answers: the module writes its warnings there too.
func ownOutput() (*os.File, error) {
	answers, err := syscall.Dup(1)
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Dup3(int(null.Fd()), 1, 0); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(answers), "answers"), nil
}

func main() {
	answers, err := ownOutput()
	if err != nil {
		fmt.Fprintln(os.Stderr, "driver:", err)
		os.Exit(2)
	}
	input := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(answers)
	for {
		line, err := input.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var entry testCase
			if decodeErr := json.Unmarshal(line, &entry); decodeErr != nil {
				_ = output.Encode(answer{Peer: "go", Advisories: []string{}, Error: "input: " + decodeErr.Error()})
			} else {
				_ = output.Encode(judge(entry))
			}
		}
		if err != nil {
			return
		}
	}
}
