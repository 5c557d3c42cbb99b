build/host/ntlmctl.obj/control_client.o: \
 /work/main/tools/ntlmctl/control_client.c \
 /work/main/tools/ntlmctl/control_client.h /work/main/helper/control.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/refusal.h /work/main/helper/target.h \
 /work/main/tools/ntlmctl/exit.h
/work/main/tools/ntlmctl/control_client.h:
/work/main/helper/control.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/refusal.h:
/work/main/helper/target.h:
/work/main/tools/ntlmctl/exit.h:
