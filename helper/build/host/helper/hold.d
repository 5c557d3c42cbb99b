build/host/helper/hold.o: /work/main/helper/hold.c \
 /work/main/helper/hold.h
/work/main/helper/hold.h:
