build/host/ntlmctl.obj/ntlm/wipe.o: /work/main/helper/ntlm/wipe.c \
 /work/main/helper/ntlm/wipe.h
/work/main/helper/ntlm/wipe.h:
