build/host/helper/config.o: /work/main/helper/config.c \
 /work/main/helper/config.h /work/main/helper/log.h \
 /work/main/helper/ntlm/ntlm.h /work/main/helper/ntlm/flags.h \
 /work/main/helper/target.h /work/main/helper/trusted.h
/work/main/helper/config.h:
/work/main/helper/log.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/target.h:
/work/main/helper/trusted.h:
