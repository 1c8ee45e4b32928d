/* The number type of a generated model: a double, or LANES doubles side by side. */
#include <math.h>

#ifndef LANES
#define LANES 1
#endif

#if LANES == 1
typedef double R;
#define NUM(e) (e)
#define FIRST(e) (e)
#define POW pow
#define EXP exp
#define LOG log
#define SQRT sqrt
#define FABS fabs
#define SIN sin
#define COS cos
#define TAN tan
#define TANH tanh
#define FLOOR floor
#define CEIL ceil
#define IF(c, a, b) ((c) != 0 ? (a) : (b))
#define LT(a, b) ((double)((a) < (b)))
#define LE(a, b) ((double)((a) <= (b)))
#define GT(a, b) ((double)((a) > (b)))
#define GE(a, b) ((double)((a) >= (b)))
#define EQ(a, b) ((double)((a) == (b)))
#define NE(a, b) ((double)((a) != (b)))
#define AND(a, b) ((double)((a) != 0 && (b) != 0))
#define OR(a, b) ((double)((a) != 0 || (b) != 0))
#define NOT(a) ((double)((a) == 0))
#else
typedef double R __attribute__((vector_size(8 * LANES)));
#define NUM(e) ((R){0} + (e))
#define FIRST(e) ((e)[0])
/* The C library's own vector functions; names after the x86-64 vector function ABI. */
#if LANES == 8 && defined(__AVX512F__)
R _ZGVeN8v_exp(R);
R _ZGVeN8v_log(R);
R _ZGVeN8vv_pow(R, R);
#define EXP _ZGVeN8v_exp
#define LOG _ZGVeN8v_log
#define POW _ZGVeN8vv_pow
#elif LANES == 4 && defined(__AVX2__)
R _ZGVdN4v_exp(R);
R _ZGVdN4v_log(R);
R _ZGVdN4vv_pow(R, R);
#define EXP _ZGVdN4v_exp
#define LOG _ZGVdN4v_log
#define POW _ZGVdN4vv_pow
#else
#error "no vector functions for this number of lanes on this machine"
#endif
#define EACH1(name, f) \
  static inline R name(R a) { R y; for (int i = 0; i < LANES; i++) y[i] = f; return y; }
#define EACH2(name, f) \
  static inline R name(R a, R b) { R y; for (int i = 0; i < LANES; i++) y[i] = f; return y; }
EACH1(SQRT, sqrt(a[i]))
EACH1(FABS, fabs(a[i]))
EACH1(SIN, sin(a[i]))
EACH1(COS, cos(a[i]))
EACH1(TAN, tan(a[i]))
EACH1(TANH, tanh(a[i]))
EACH1(FLOOR, floor(a[i]))
EACH1(CEIL, ceil(a[i]))
EACH1(NOT, a[i] == 0)
EACH2(LT, a[i] < b[i])
EACH2(LE, a[i] <= b[i])
EACH2(GT, a[i] > b[i])
EACH2(GE, a[i] >= b[i])
EACH2(EQ, a[i] == b[i])
EACH2(NE, a[i] != b[i])
EACH2(AND, a[i] != 0 && b[i] != 0)
EACH2(OR, a[i] != 0 || b[i] != 0)
static inline R IF(R c, R a, R b) { R y; for (int i = 0; i < LANES; i++) y[i] = c[i] != 0 ? a[i] : b[i]; return y; }
#endif
