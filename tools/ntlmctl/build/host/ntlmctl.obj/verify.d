build/host/ntlmctl.obj/verify.o: /work/main/tools/ntlmctl/verify.c \
 /work/main/tools/ntlmctl/exit.h /work/main/tools/ntlmctl/login.h \
 /work/main/tools/ntlmctl/password.h
/work/main/tools/ntlmctl/exit.h:
/work/main/tools/ntlmctl/login.h:
/work/main/tools/ntlmctl/password.h:
