build/host/ntlmctl.obj/login.o: /work/main/tools/ntlmctl/login.c \
 /work/main/tools/ntlmctl/login.h \
 /work/main/tools/ntlmctl/control_client.h /work/main/helper/control.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/refusal.h /work/main/helper/target.h \
 /work/main/tools/ntlmctl/exit.h /work/main/tools/ntlmctl/password.h
/work/main/tools/ntlmctl/login.h:
/work/main/tools/ntlmctl/control_client.h:
/work/main/helper/control.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/refusal.h:
/work/main/helper/target.h:
/work/main/tools/ntlmctl/exit.h:
/work/main/tools/ntlmctl/password.h:
