/*
 * Family `conformal`: clusters of classes.
 */
#include "families.h"

#include <math.h>

/* Clusters 0, 1, ... as R counts them, and none as NA. */
static SEXP clusters_to_r(const int64_t *clusters, size_t count) {
    SEXP result = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        INTEGER(result)[i] = clusters[i] < 0 ? NA_INTEGER : (int)clusters[i] + 1;
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_conformal_class_clusters(SEXP scores, SEXP labels, SEXP alpha, SEXP classes,
                                  SEXP cluster_count, SEXP rare, SEXP restarts, SEXP seed) {
    const size_t n = (size_t)XLENGTH(scores);
    const size_t class_count = qcr_extent(classes, "classes");
    const int64_t *numbers = qcr_labels(labels, n, 1, class_count);
    qc_conformal_cluster_options options;
    qcr_interrupt interrupt;
    size_t found = 0;
    qcr_check(qc_conformal_cluster_options_init(&options, sizeof options));
    options.cluster_count = qcr_int(cluster_count, "cluster_count");
    options.rare = qcr_int(rare, "rare");
    options.restarts = qcr_int(restarts, "restarts");
    options.seed = qcr_size(seed, "seed");
    options.progress = qcr_interrupt_progress(&interrupt);
    const double level = qcr_double(alpha, "alpha");
    PROTECT(interrupt.token);
    int64_t *clusters = (int64_t *)R_alloc(class_count == 0 ? 1 : class_count, sizeof *clusters);
    qcr_check_interruptible(qc_conformal_class_clusters_f64(qcr_doubles(scores), numbers, n,
                                                            class_count, level, &options, clusters,
                                                            &found),
                            &interrupt);
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "clusters", clusters_to_r(clusters, class_count));
    qcr_put(list, "cluster_count", qcr_sizes(&found, 1, 0));
    UNPROTECT(2);
    return list;
}

SEXP qcr_conformal_cluster_plan(SEXP counts, SEXP alpha) {
    const size_t class_count = (size_t)XLENGTH(counts);
    int64_t *numbers = (int64_t *)R_alloc(class_count == 0 ? 1 : class_count, sizeof *numbers);
    double fraction = 0;
    size_t clusters = 0;
    for (size_t i = 0; i < class_count; i++) {
        const double count = REAL_RO(counts)[i];
        if (!(count >= -0x1p53 && count <= 0x1p53) || count != floor(count)) {
            qcr_refuse(QC_ERR_DOMAIN, "counts[%.0f] is %g; counts must be whole numbers",
                       (double)i + 1, count);
        }
        numbers[i] = (int64_t)count;
    }
    qcr_check(qc_conformal_cluster_plan(numbers, class_count, qcr_double(alpha, "alpha"), &fraction,
                                        &clusters));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "fraction", Rf_ScalarReal(fraction));
    qcr_put(list, "cluster_count", qcr_sizes(&clusters, 1, 0));
    UNPROTECT(1);
    return list;
}
