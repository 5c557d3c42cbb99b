build/host/helper/memory.o: /work/main/helper/memory.c \
 /work/main/helper/memory.h
/work/main/helper/memory.h:
