build/host/helper/control.o: /work/main/helper/control.c \
 /work/main/helper/control.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/refusal.h \
 /work/main/helper/target.h /work/main/helper/control_serve.h \
 /work/main/helper/log.h
/work/main/helper/control.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/refusal.h:
/work/main/helper/target.h:
/work/main/helper/control_serve.h:
/work/main/helper/log.h:
