build/host/helper/seccomp.o: /work/main/helper/seccomp.c \
 /work/main/helper/log.h /work/main/helper/privs.h
/work/main/helper/log.h:
/work/main/helper/privs.h:
