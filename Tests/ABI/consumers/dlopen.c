/*
 * Loads the library at run time, uses it, closes it, and loads it again; a thread
 * that has a last error of its own ends after the library was closed. The path of the
 * library is the argument.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <quantcal.h>
#include <stdio.h>
#include <string.h>

typedef qc_status (*rank_function)(size_t n, double alpha, size_t *rank);
typedef const char *(*text_function)(void);

static void *library = NULL;
static pthread_barrier_t used;
static pthread_barrier_t closed;

/* ISO C has no conversion from an object's pointer to a function's. */
static void find(const char *name, void *function) {
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
}

static int uses_library(double alpha, qc_status expected) {
    rank_function rank = NULL;
    text_function last_error = NULL;
    size_t result = 0;
    find("qc_conformal_rank", &rank);
    find("qc_last_error", &last_error);
    if (rank == NULL || last_error == NULL || rank(24, alpha, &result) != expected) {
        return 0;
    }
    return expected == QC_OK ? result == 14 : strlen(last_error()) > 0;
}

static void *fail_and_outlive(void *context) {
    *(int *)context = uses_library(2, QC_ERR_DOMAIN);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&closed);
    return NULL;
}

static int one_round(const char *path) {
    pthread_t thread;
    int thread_was_well = 0;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        puts(dlerror());
        return 0;
    }
    pthread_create(&thread, NULL, fail_and_outlive, &thread_was_well);
    pthread_barrier_wait(&used);
    const int was_well = uses_library(0.44, QC_OK) && dlclose(library) == 0;
    pthread_barrier_wait(&closed);
    pthread_join(thread, NULL);
    return was_well && thread_was_well;
}

int main(int argc, char **argv) {
    pthread_barrier_init(&used, NULL, 2);
    pthread_barrier_init(&closed, NULL, 2);
    for (int round = 0; round < 20; round++) {
        if (argc != 2 || !one_round(argv[1])) {
            printf("round %d failed\n", round);
            return 1;
        }
    }
    return 0;
}
