build/host/helper/target.o: /work/main/helper/target.c \
 /work/main/helper/target.h
/work/main/helper/target.h:
