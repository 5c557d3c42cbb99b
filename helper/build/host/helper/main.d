build/host/helper/main.o: /work/main/helper/main.c \
 /work/main/helper/carry.h /work/main/helper/config.h \
 /work/main/helper/log.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/target.h \
 /work/main/helper/control.h /work/main/helper/refusal.h \
 /work/main/helper/cred/cred.h /work/main/helper/cred/../config.h \
 /work/main/helper/cred/cred_file.h /work/main/helper/cred/cred.h \
 /work/main/helper/netlink.h /work/main/helper/server.h \
 /work/main/helper/hold.h /work/main/helper/ntlm/wipe.h \
 /work/main/helper/privs.h
/work/main/helper/carry.h:
/work/main/helper/config.h:
/work/main/helper/log.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/target.h:
/work/main/helper/control.h:
/work/main/helper/refusal.h:
/work/main/helper/cred/cred.h:
/work/main/helper/cred/../config.h:
/work/main/helper/cred/cred_file.h:
/work/main/helper/cred/cred.h:
/work/main/helper/netlink.h:
/work/main/helper/server.h:
/work/main/helper/hold.h:
/work/main/helper/ntlm/wipe.h:
/work/main/helper/privs.h:
