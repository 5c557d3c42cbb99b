build/host/helper/trusted.o: /work/main/helper/trusted.c \
 /work/main/helper/trusted.h /work/main/helper/log.h
/work/main/helper/trusted.h:
/work/main/helper/log.h:
