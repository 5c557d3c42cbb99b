# SPDX-License-Identifier: GPL-2.0-or-later
#
# Trace events of ntlm.ko and ntlm_dcerpc.ko, told to a person.

function value(name,    at, rest) {
	at = index(" " $0, " " name "=")
	if (!at)
		return ""
	rest = substr($0, at + length(name) + 1)
	sub(/ .*/, "", rest)
	return rest
}

function say(who, text) {
	printf "  %9s  %-8s %s\n", time, who, text
	fflush()
}

function message(number) {
	return number == 0 ? "NEGOTIATE" : "AUTHENTICATE"
}

{
	if (!match($0, /[0-9]+\.[0-9]+: ntlm_[a-z_0-9]+: /))
		next
	line = substr($0, RSTART)
	time = line
	sub(/:.*/, "", time)
	event = line
	sub(/^[^ ]* /, "", event)
	sub(/:.*/, "", event)
	$0 = substr(line, index(line, event ": ") + length(event) + 2)
}

event == "ntlm_rpc_connect" && value("level") == "none" {
	say("rpc", "TCP connection to the endpoint mapper, " value("server"))
	mapper[value("rpc")] = 1
}
event == "ntlm_rpc_connect" && value("level") != "none" {
	say("rpc", "TCP connection to the server, " value("server") ", auth level " value("level"))
}
event == "ntlm_rpc_ept_map" {
	say("rpc", "endpoint mapper: interface " value("interface") " is on port " value("port"))
}
event == "ntlm_ctx_create" {
	say("ntlm", "context " value("ctx") " for uid " value("uid") ", target " value("target"))
	say("", "required: " value("required"))
}
event == "ntlm_request_queue" {
	say("ntlm", "asks the helper for " message(value("leg")))
}
event == "ntlm_request_complete" && value("status") == 0 {
	say("ntlm", "helper gave " message(value("leg")) ", " value("token") " bytes")
}
event == "ntlm_request_complete" && value("status") != 0 {
	say("ntlm", "no " message(value("leg")) ": errno " -value("status"))
}
event == "ntlm_rpc_bind" && value("token") != 0 {
	say("rpc", "-> bind with NEGOTIATE (" value("token") " bytes)")
}
event == "ntlm_rpc_bind_ack" && value("token") != 0 {
	say("rpc", "<- bind_ack with CHALLENGE (" value("token") " bytes), header signing " (value("header_sign") ? "agreed" : "not agreed"))
}
event == "ntlm_ctx_state" && value("state") == "established" {
	say("ntlm", "session established, negotiated flags:")
	flags = value("flags")
	gsub(/\|/, " ", flags)
	say("", flags)
}
event == "ntlm_ctx_state" && value("state") == "failed" {
	say("ntlm", "exchange failed: errno " -value("error"))
}
event == "ntlm_rpc_auth3" {
	say("rpc", "-> rpc_auth_3 with AUTHENTICATE (" value("token") " bytes)")
}
event == "ntlm_message" && value("error") == 0 {
	say("ntlm", value("op") " seq " value("seq") ": " value("signed") " bytes signed, " value("sealed") " of them sealed")
}
event == "ntlm_message" && value("error") != 0 {
	say("ntlm", value("op") " seq " value("seq") ": refused, errno " -value("error"))
}
event == "ntlm_rpc_request" && !(value("rpc") in mapper) {
	say("rpc", "-> request, call " value("call") ", operation " value("opnum") ", " value("frag") " bytes")
}
event == "ntlm_rpc_response" && !(value("rpc") in mapper) {
	say("rpc", "<- response, call " value("call") ", " value("frag") " bytes")
}
event == "ntlm_rpc_fault" {
	say("rpc", "<- fault, call " value("call") ": " substr($0, index($0, "status=")))
}
event == "ntlm_rpc_violation" {
	say("rpc", "the server breaks the protocol: " substr($0, index($0, "error=")))
}
event == "ntlm_ctx_report" && value("ntstatus") == "0x00000000" {
	say("ntlm", "the server accepted the logon")
}
event == "ntlm_ctx_report" && value("ntstatus") != "0x00000000" {
	say("ntlm", "the server refused the logon, NTSTATUS " value("ntstatus"))
}
event == "ntlm_rpc_close" && !(value("rpc") in mapper) {
	say("rpc", "connection closed")
}
event == "ntlm_ctx_free" {
	say("ntlm", "context " value("ctx") " freed, keys wiped")
}
