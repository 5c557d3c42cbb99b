/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times on a machine that others use too: only ratios of what was measured in
 * the same run, the best of many short rounds, and a bounded number of further
 * tries, which are told.
 */
#ifndef SELFTESTS_SCALE_MEASURE_H
#define SELFTESTS_SCALE_MEASURE_H

#define ROUNDS		25
#define TRIES		5

/** now_ns() - CLOCK_MONOTONIC in nanoseconds */
double now_ns(void);

/** least() - the smaller of two times; the first one is 0 if there is none */
double least(double a, double b);

/** median() - of @n values, which are sorted by it */
double median(double *values, unsigned int n);

/**
 * taken_away() - how much of the processors others have
 *
 * Both are kept busy for a quarter of a second; what a task misses for a
 * millisecond and more went to another machine, or to another task.
 *
 * Return: the larger of the shares of the first two processors, 0 to 1
 */
double taken_away(void);

#endif
