build/host/ntlmctl.obj/options.o: /work/main/tools/ntlmctl/options.c \
 /work/main/helper/config.h /work/main/helper/log.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/target.h /work/main/helper/control.h \
 /work/main/helper/refusal.h /work/main/tools/ntlmctl/exit.h \
 /work/main/tools/ntlmctl/login.h
/work/main/helper/config.h:
/work/main/helper/log.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/target.h:
/work/main/helper/control.h:
/work/main/helper/refusal.h:
/work/main/tools/ntlmctl/exit.h:
/work/main/tools/ntlmctl/login.h:
