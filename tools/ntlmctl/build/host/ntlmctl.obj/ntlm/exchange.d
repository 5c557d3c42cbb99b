build/host/ntlmctl.obj/ntlm/exchange.o: /work/main/helper/ntlm/exchange.c \
 /work/main/helper/ntlm/exchange.h /work/main/helper/ntlm/message.h \
 /work/main/helper/ntlm/avpair.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/ntlm/wire.h \
 /work/main/helper/ntlm/options.h
/work/main/helper/ntlm/exchange.h:
/work/main/helper/ntlm/message.h:
/work/main/helper/ntlm/avpair.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/ntlm/wire.h:
/work/main/helper/ntlm/options.h:
