build/host/ntlmctl.obj/ntlm/flags.o: /work/main/helper/ntlm/flags.c \
 /work/main/helper/ntlm/flags.h
/work/main/helper/ntlm/flags.h:
