build/host/helper/ntlm/wipe.o: /work/main/helper/ntlm/wipe.c \
 /work/main/helper/ntlm/wipe.h
/work/main/helper/ntlm/wipe.h:
