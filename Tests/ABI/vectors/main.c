/*
 * The program: vectors FILE... runs every case of every file, each type of it.
 * The last line is `N passed, M failed`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static const adapter *const families[] = {
    base_adapters,
    isotonic_regression_adapters,
    isotonic_prediction_adapters,
    isotonic_shape_adapters,
    isotonic_nearly_adapters,
    isotonic_centered_adapters,
    isotonic_order_adapters,
    isotonic_distribution_adapters,
    isotonic_reward_adapters,
    isotonic_state_adapters,
    calibration_adapters,
    conformal_split_adapters,
    conformal_calibrator_adapters,
    conformal_planning_adapters,
    conformal_risk_adapters,
    conformal_selection_adapters,
    conformal_refit_selection_adapters,
    conformal_holdout_adapters,
    conformal_online_adapters,
    conformal_batch_adapters,
    conformal_clusters_adapters,
    conformal_cross_adapters,
    conformal_regression_scores_adapters,
    conformal_class_scores_adapters,
    conformal_robust_adapters,
    conformal_circuit_adapters,
    conformal_censoring_adapters,
    conformal_abstention_adapters,
    conformal_policy_adapters,
    conformal_pursuit_adapters,
    conformal_distribution_adapters,
    conformal_martingale_adapters,
    quantize_integer_adapters,
    quantize_checkpoint_adapters,
    quantize_ggml_adapters,
    quantize_file_adapters,
    quantize_file_convert_adapters,
    quantize_grid_adapters,
    quantize_diagnostics_adapters,
    quantize_range_adapters,
    quantize_observer_adapters,
    quantize_prediction_range_adapters,
    quantize_samples_adapters,
    quantize_shared_range_adapters,
    quantize_vector_adapters,
    quantize_candidates_adapters,
    quantize_trellis_adapters,
    quantize_masked_adapters,
    quantize_outlier_victim_adapters,
    quantize_twin_log_adapters,
    quantize_noisy_bias_adapters,
    quantize_training_adapters,
    quantize_elastic_adapters,
};

static size_t passed = 0;
static size_t failed = 0;

static const adapter *find_adapter(const char *function) {
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        for (const adapter *a = families[f]; a->function != NULL; a++) {
            if (strcmp(a->function, function) == 0) {
                return a;
            }
        }
    }
    return NULL;
}

static element_type type_named(const char *name) {
    static const char *const names[] = {"", "f64", "f32", "f16", "bf16"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return (element_type)i;
        }
    }
    fprintf(stderr, "no type is called %s\n", name);
    exit(2);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    const long size = ftell(file);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    rewind(file);
    if (text != NULL && fread(text, 1, (size_t)size, file) == (size_t)size) {
        text[size] = '\0';
    } else {
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static const cJSON *own_or(const cJSON *object, const cJSON *defaults, const char *key) {
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(object, key);
    return own != NULL ? own : cJSON_GetObjectItemCaseSensitive(defaults, key);
}

static void run_case(const char *path, const adapter *a, const cJSON *file, const cJSON *one) {
    const cJSON *type = NULL;
    cJSON_ArrayForEach(type, own_or(one, file, "types")) {
        const cJSON *status = cJSON_GetObjectItemCaseSensitive(one, "status");
        run r = {.file = path, .type = type_named(type->valuestring)};
        r.name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "name"));
        r.in = cJSON_GetObjectItemCaseSensitive(one, "in");
        r.out = cJSON_GetObjectItemCaseSensitive(one, "out");
        r.tolerance = own_or(one, file, "tolerance");
        r.status = status != NULL ? status->valuestring : "QC_OK";
        r.message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "message"));
        a->body(&r);
        if (!r.judged) {
            complain(&r, "the adapter did not look at the status");
        }
        end_run(&r);
        *(r.failed ? &failed : &passed) += 1;
    }
}

static void run_file(const char *path) {
    char *text = read_file(path);
    cJSON *file = text != NULL ? cJSON_Parse(text) : NULL;
    const cJSON *function = cJSON_GetObjectItemCaseSensitive(file, "function");
    const cJSON *one = NULL;
    if (!cJSON_IsString(function)) {
        printf("FAILED: %s cannot be read, or is not a vector file\n", path);
        failed++;
    } else {
        const adapter *a = find_adapter(function->valuestring);
        if (a == NULL) {
            printf("FAILED: %s: no adapter for %s\n", path, function->valuestring);
            failed++;
        } else {
            cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(file, "cases")) {
                run_case(path, a, file, one);
            }
        }
    }
    cJSON_Delete(file);
    free(text);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        run_file(argv[i]);
    }
    printf("vectors in C: %zu passed, %zu failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
