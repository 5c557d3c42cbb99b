build/host/helper/carry.o: /work/main/helper/carry.c \
 /work/main/helper/carry.h /work/main/helper/carry_store.h \
 /work/main/helper/carry_swap.h /work/main/helper/log.h \
 /work/main/helper/memory.h
/work/main/helper/carry.h:
/work/main/helper/carry_store.h:
/work/main/helper/carry_swap.h:
/work/main/helper/log.h:
/work/main/helper/memory.h:
