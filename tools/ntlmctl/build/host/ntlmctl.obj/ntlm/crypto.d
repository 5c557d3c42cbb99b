build/host/ntlmctl.obj/ntlm/crypto.o: /work/main/helper/ntlm/crypto.c \
 /work/main/helper/ntlm/crypto.h /work/main/helper/ntlm/message.h \
 /work/main/helper/ntlm/avpair.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/ntlm/wire.h \
 /work/main/helper/ntlm/utf16.h /work/main/helper/ntlm/wipe.h
/work/main/helper/ntlm/crypto.h:
/work/main/helper/ntlm/message.h:
/work/main/helper/ntlm/avpair.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/ntlm/wire.h:
/work/main/helper/ntlm/utf16.h:
/work/main/helper/ntlm/wipe.h:
