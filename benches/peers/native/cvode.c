/* CVODE (BDF) with KLU on a generated model: analytic sparse Jacobian, a restart at every stop.
 *
 * usage: cvode RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP
 *   TIMES     file of doubles, the output times, increasing
 *   COLUMNS   0 the observables, 1 all states
 *   SUBJECTS  file of doubles, VARIED to a subject; "-" for the written values
 *   FIRST COUNT  the slice of subjects (with "-": one run)
 *   REPEATS CAP  passes over the slice, and the CPU seconds after which no further run starts
 *   DUMP KEEP    file for the columns of the first KEEP runs of the first pass
 * Prints one JSON object. */
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include <time.h>

#include "numbers.h"
#define WITH_STOPS
#include "model.h"

static double live[NP + 1], constants[NC];

static int rates(realtype t, N_Vector x, N_Vector dx, void *user) {
  (void)user;
  rhs(t, NV_DATA_S(x), live, constants, NV_DATA_S(dx));
  return 0;
}

static int derivatives(realtype t, N_Vector x, N_Vector fx, SUNMatrix m, void *user, N_Vector a, N_Vector b, N_Vector c) {
  (void)fx, (void)user, (void)a, (void)b, (void)c;
  sunindextype *columns = SUNSparseMatrix_IndexPointers(m), *rows = SUNSparseMatrix_IndexValues(m);
  for (int i = 0; i <= NX; i++) columns[i] = COLUMN[i];
  for (int i = 0; i < NNZ; i++) rows[i] = ROW[i];
  jacobian(t, NV_DATA_S(x), live, constants, SUNSparseMatrix_Data(m));
  return 0;
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Bytes; from the status file because getrusage counts the memory of the process before exec as well. */
static long peak_memory(void) {
  FILE *f = fopen("/proc/self/status", "r");
  char text[256];
  long kilobytes = 0;
  while (f && fgets(text, sizeof text, f))
    if (sscanf(text, "VmHWM: %ld", &kilobytes) == 1) break;
  if (f) fclose(f);
  return kilobytes * 1024;
}

static void *need(void *p) {
  if (!p) {
    fprintf(stderr, "out of memory, or a file is missing\n");
    exit(2);
  }
  return p;
}

static double *read_doubles(const char *path, long *count) {
  FILE *f = need(fopen(path, "rb"));
  fseek(f, 0, SEEK_END);
  *count = ftell(f) / 8;
  rewind(f);
  double *data = need(malloc(*count * 8 + 8));
  if (fread(data, 8, *count, f) != (size_t)*count) exit(2);
  fclose(f);
  return data;
}

static void silent(int code, const char *module, const char *function, char *text, void *user) {
  (void)code, (void)module, (void)function, (void)text, (void)user;
}

static long steps, evaluations;

static void add_counts(void *solver) {
  long n = 0;
  if (CVodeGetNumSteps(solver, &n) == CV_SUCCESS) steps += n;
  if (CVodeGetNumRhsEvals(solver, &n) == CV_SUCCESS) evaluations += n;
}

static void record(double t, const double *x, int all, double *out) {
  if (all)
    memcpy(out, x, NX * sizeof *x);
  else
    observe(t, x, live, constants, out);
}

/* One subject from time 0 to the last output time; 0 if it worked. */
static int run(void *solver, N_Vector y, const double *times, long n_times, int all, double *out) {
  const int width = all ? NX : NOBS;
  double *x = NV_DATA_S(y), t = 0;
  int next = 0;
  long k = 0;
  memcpy(x, X0, sizeof X0);
  for (; next < NSTOP && STOP_TIME[next] <= 0; next++) stop(next, 0, x, live);
  prologue(live, constants);
  if (CVodeReInit(solver, 0, y) < 0) return 1;
  for (; k < n_times && times[k] <= 0; k++) record(0, x, all, out + k * width);
  while (k < n_times) {
    const double end = next < NSTOP && STOP_TIME[next] < times[n_times - 1] ? STOP_TIME[next] : times[n_times - 1];
    CVodeSetStopTime(solver, end);
    for (; k < n_times && times[k] <= end; k++) {
      if (CVode(solver, times[k], y, &t, CV_NORMAL) < 0) return 1;
      record(t, x, all, out + k * width);
    }
    if (k == n_times) break;
    if (t < end && CVode(solver, end, y, &t, CV_NORMAL) < 0) return 1;
    add_counts(solver);
    for (; next < NSTOP && STOP_TIME[next] <= end; next++) stop(next, end, x, live);
    prologue(live, constants);
    if (CVodeReInit(solver, end, y) < 0) return 1;
  }
  add_counts(solver);
  for (int i = 0; i < NX; i++)
    if (!isfinite(x[i])) return 1;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 13) {
    fprintf(stderr, "usage: cvode RTOL ATOL TIMES COLUMNS SUBJECTS VARIED FIRST COUNT REPEATS CAP DUMP KEEP\n");
    return 2;
  }
  const double rtol = atof(argv[1]), atol = atof(argv[2]), cap = atof(argv[10]);
  const int all = atoi(argv[4]), one = !strcmp(argv[5], "-"), varied = atoi(argv[6]), first = atoi(argv[7]);
  const int count = one ? 1 : atoi(argv[8]), repeats = atoi(argv[9]), keep = atoi(argv[12]);
  long n_times, n_values = 0;
  double *times = read_doubles(argv[3], &n_times), *subjects = one ? NULL : read_doubles(argv[5], &n_values);
  const long width = all ? NX : NOBS, size = n_times * width;
  double *out = need(malloc(size * 8));
  FILE *dump = need(fopen(argv[11], "wb"));

  double begin = cpu();
  SUNContext context;
  SUNContext_Create(NULL, &context);
  N_Vector y = N_VNew_Serial(NX, context);
  memcpy(NV_DATA_S(y), X0, sizeof X0);
  void *solver = CVodeCreate(CV_BDF, context);
  SUNMatrix matrix = SUNSparseMatrix(NX, NX, NNZ + NX, CSC_MAT, context);
  CVodeInit(solver, rates, 0, y);
  CVodeSetErrHandlerFn(solver, silent, NULL);
  CVodeSStolerances(solver, rtol, atol);
  CVodeSetMaxNumSteps(solver, 1000000);
  SUNLinearSolver linear = SUNLinSol_KLU(y, matrix, context);
  CVodeSetLinearSolver(solver, linear, matrix);
  CVodeSetJacFn(solver, derivatives);
  const double load = cpu() - begin;

  printf("{\"load_seconds\": %.9g, \"passes\": [", load);
  begin = cpu();
  for (int pass = 0; pass < repeats && (pass == 0 || cpu() - begin < cap); pass++) {
    const double from = cpu();
    int done = 0, failures = 0;
    steps = evaluations = 0;
    for (int q = 0; q < count && (q == 0 || cpu() - begin < cap); q++, done++) {
      memcpy(live, P0, sizeof P0);
      if (!one) memcpy(live, subjects + (long)(first + q) * varied, varied * sizeof(double));
      failures += run(solver, y, times, n_times, all, out);
      if (pass == 0 && q < keep) fwrite(out, 8, size, dump);
    }
    printf("%s{\"cpu_seconds\": %.9g, \"done\": %d, \"failures\": %d, \"steps\": %ld, \"evaluations\": %ld}",
           pass ? ", " : "", cpu() - from, done, failures, steps, evaluations);
  }
  fclose(dump);
  printf("], \"peak_memory_bytes\": %ld}\n", peak_memory());
  return 0;
}
