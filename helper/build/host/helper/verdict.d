build/host/helper/verdict.o: /work/main/helper/verdict.c \
 /work/main/helper/server_internal.h /work/main/helper/server.h \
 /work/main/helper/config.h /work/main/helper/log.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/target.h /work/main/helper/cred/cred.h \
 /work/main/helper/cred/../config.h /work/main/helper/hold.h \
 /work/main/helper/refusal.h
/work/main/helper/server_internal.h:
/work/main/helper/server.h:
/work/main/helper/config.h:
/work/main/helper/log.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/target.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/hold.h:
/work/main/helper/refusal.h:
