build/host/helper/cred/cred_login.o: /work/main/helper/cred/cred_login.c \
 /work/main/helper/cred/cred_login.h /work/main/helper/cred/cred.h \
 /work/main/helper/cred/../config.h /work/main/helper/cred/../log.h \
 /work/main/helper/cred/../ntlm/ntlm.h \
 /work/main/helper/cred/../ntlm/flags.h \
 /work/main/helper/cred/../target.h /work/main/helper/cred/../carry.h
/work/main/helper/cred/cred_login.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/cred/../log.h:
/work/main/helper/cred/../ntlm/ntlm.h:
/work/main/helper/cred/../ntlm/flags.h:
/work/main/helper/cred/../target.h:
/work/main/helper/cred/../carry.h:
