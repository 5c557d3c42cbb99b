build/host/helper/refusal.o: /work/main/helper/refusal.c \
 /work/main/helper/refusal.h /work/main/helper/target.h \
 /work/main/helper/carry.h /work/main/helper/cred/cred.h \
 /work/main/helper/cred/../config.h /work/main/helper/cred/../log.h \
 /work/main/helper/cred/../ntlm/ntlm.h \
 /work/main/helper/cred/../ntlm/flags.h \
 /work/main/helper/cred/../target.h /work/main/helper/log.h
/work/main/helper/refusal.h:
/work/main/helper/target.h:
/work/main/helper/carry.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/cred/../log.h:
/work/main/helper/cred/../ntlm/ntlm.h:
/work/main/helper/cred/../ntlm/flags.h:
/work/main/helper/cred/../target.h:
/work/main/helper/log.h:
