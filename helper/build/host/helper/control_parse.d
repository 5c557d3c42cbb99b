build/host/helper/control_parse.o: /work/main/helper/control_parse.c \
 /work/main/helper/control.h /work/main/helper/ntlm/ntlm.h \
 /work/main/helper/ntlm/flags.h /work/main/helper/refusal.h \
 /work/main/helper/target.h
/work/main/helper/control.h:
/work/main/helper/ntlm/ntlm.h:
/work/main/helper/ntlm/flags.h:
/work/main/helper/refusal.h:
/work/main/helper/target.h:
