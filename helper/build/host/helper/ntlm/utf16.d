build/host/helper/ntlm/utf16.o: /work/main/helper/ntlm/utf16.c \
 /work/main/helper/ntlm/utf16.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/ntlm/wire.h
/work/main/helper/ntlm/utf16.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/ntlm/wire.h:
