build/host/helper/ntlm/avpair.o: /work/main/helper/ntlm/avpair.c \
 /work/main/helper/ntlm/avpair.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/ntlm/wire.h
/work/main/helper/ntlm/avpair.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/ntlm/wire.h:
