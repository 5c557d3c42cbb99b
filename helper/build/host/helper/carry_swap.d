build/host/helper/carry_swap.o: /work/main/helper/carry_swap.c \
 /work/main/helper/carry_swap.h
/work/main/helper/carry_swap.h:
