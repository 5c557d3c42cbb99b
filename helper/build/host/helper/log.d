build/host/helper/log.o: /work/main/helper/log.c /work/main/helper/log.h
/work/main/helper/log.h:
