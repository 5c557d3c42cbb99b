build/host/ntlmctl.obj/main.o: /work/main/tools/ntlmctl/main.c \
 /work/main/tools/ntlmctl/client.h /work/main/tools/ntlmctl/exit.h \
 /work/main/tools/ntlmctl/login.h /work/main/tools/ntlmctl/show.h
/work/main/tools/ntlmctl/client.h:
/work/main/tools/ntlmctl/exit.h:
/work/main/tools/ntlmctl/login.h:
/work/main/tools/ntlmctl/show.h:
