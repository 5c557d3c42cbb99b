build/host/helper/carry_store.o: /work/main/helper/carry_store.c \
 /work/main/helper/carry_store.h /work/main/helper/log.h
/work/main/helper/carry_store.h:
/work/main/helper/log.h:
