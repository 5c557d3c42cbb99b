build/host/helper/privs.o: /work/main/helper/privs.c \
 /work/main/helper/privs.h /work/main/helper/log.h
/work/main/helper/privs.h:
/work/main/helper/log.h:
