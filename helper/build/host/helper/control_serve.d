build/host/helper/control_serve.o: /work/main/helper/control_serve.c \
 /work/main/helper/control_serve.h /work/main/helper/control.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/refusal.h /work/main/helper/target.h \
 /work/main/helper/cred/cred_login.h /work/main/helper/cred/cred.h \
 /work/main/helper/cred/../config.h /work/main/helper/cred/../log.h \
 /work/main/helper/cred/../ntlm/ntlm.h /work/main/helper/cred/../target.h \
 /work/main/helper/log.h /work/main/helper/memory.h
/work/main/helper/control_serve.h:
/work/main/helper/control.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/refusal.h:
/work/main/helper/target.h:
/work/main/helper/cred/cred_login.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/cred/../log.h:
/work/main/helper/cred/../ntlm/ntlm.h:
/work/main/helper/cred/../target.h:
/work/main/helper/log.h:
/work/main/helper/memory.h:
