build/host/helper/cred/cred_systemd.o: \
 /work/main/helper/cred/cred_systemd.c \
 /work/main/helper/cred/cred_systemd.h /work/main/helper/cred/cred.h \
 /work/main/helper/cred/../config.h /work/main/helper/cred/../log.h \
 /work/main/helper/cred/../ntlm/ntlm.h \
 /work/main/helper/cred/../ntlm/flags.h \
 /work/main/helper/cred/../target.h /work/main/helper/cred/cred_file.h
/work/main/helper/cred/cred_systemd.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/cred/../log.h:
/work/main/helper/cred/../ntlm/ntlm.h:
/work/main/helper/cred/../ntlm/flags.h:
/work/main/helper/cred/../target.h:
/work/main/helper/cred/cred_file.h:
