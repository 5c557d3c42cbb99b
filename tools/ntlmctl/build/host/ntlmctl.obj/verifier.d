build/host/ntlmctl-verify: /work/main/tools/ntlmctl/verifier/verifier.c \
 /usr/include/samba-4.0/libsmbclient.h \
 /work/main/tools/ntlmctl/verifier/../exit.h
/usr/include/samba-4.0/libsmbclient.h:
/work/main/tools/ntlmctl/verifier/../exit.h:
