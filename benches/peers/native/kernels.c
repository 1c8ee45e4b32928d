/* The floor: nanoseconds a lane for one evaluation of each kernel of a generated model, compiled by the C compiler.
 *
 * usage: kernels SECONDS   prints one JSON object; compiled once for each number of LANES. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "numbers.h"
#include "model.h"

static R x[NX], p[NP + 1], c[NC], dx[NX], j[NNZ], w[NLU], b[NX], out[NOBS + 1];

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* The kernels are static functions of constant arguments: the barrier keeps each call. */
#define BARRIER __asm__ volatile("" ::: "memory")
#define TIME(name, call)                                                          \
  do {                                                                            \
    double best = 1e9;                                                            \
    for (int block = 0; block < 7; block++) {                                     \
      long n = 0;                                                                 \
      double begin = cpu(), now = begin;                                          \
      while (now - begin < seconds / 7) {                                         \
        for (int i = 0; i < 64; i++, n++) {                                       \
          call;                                                                   \
          BARRIER;                                                                \
        }                                                                         \
        now = cpu();                                                              \
      }                                                                           \
      const double each = (now - begin) / n;                                      \
      if (each < best) best = each;                                               \
    }                                                                             \
    printf(", \"%s_ns\": %.4g", name, best * 1e9 / LANES);                        \
  } while (0)

/* Of (g I - J) b = dx with the factors in w, in the first lane, relative to the largest entry of dx. */
static double residual(R g) {
  static R left[NX];
  double worst = 0, size = 0;
  memcpy(b, dx, sizeof b);
  substitute(w, b);
  for (int i = 0; i < NX; i++) left[i] = dx[i] - g * b[i];
  for (int column = 0; column < NX; column++)
    for (int k = COLUMN[column]; k < COLUMN[column + 1]; k++) left[ROW[k]] = left[ROW[k]] + j[k] * b[column];
  for (int i = 0; i < NX; i++) {
    worst = fmax(worst, fabs(FIRST(left[i])));
    size = fmax(size, fabs(FIRST(dx[i])));
  }
  return worst / size;
}

int main(int argc, char **argv) {
  const double seconds = argc > 1 ? atof(argv[1]) : 0.5;
  for (int i = 0; i < NX; i++) x[i] = NUM(X0[i] + 1e-3);
  for (int i = 0; i < NP; i++) p[i] = NUM(P0[i]);
  const R g = NUM(100.0);
  prologue(p, c);
  rhs(0, x, p, c, dx);
  jacobian(0, x, p, c, j);
  factorise(g, j, w);
  observe(0, x, p, c, out);
  const double left = residual(g);
  if (!(left < 1e-8)) {
    fprintf(stderr, "the factors do not solve the system: relative residual %g\n", left);
    return 1;
  }
  printf("{\"lanes\": %d, \"states\": %d, \"jacobian_nonzeros\": %d, \"lu_nonzeros\": %d", LANES, NX, NNZ, NLU);
  TIME("rhs", rhs(0, x, p, c, dx));
  TIME("jacobian", jacobian(0, x, p, c, j));
  TIME("lu", factorise(g, j, w));
  TIME("solve", (memcpy(b, dx, sizeof b), substitute(w, b)));
  printf("}\n");
  return 0;
}
