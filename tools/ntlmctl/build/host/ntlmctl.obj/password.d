build/host/ntlmctl.obj/password.o: /work/main/tools/ntlmctl/password.c \
 /work/main/tools/ntlmctl/password.h /work/main/tools/ntlmctl/exit.h
/work/main/tools/ntlmctl/password.h:
/work/main/tools/ntlmctl/exit.h:
