/* Links against the library, and checks that library and headers are of one version. */
#include <quantcal.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    const double scores[] = {0.3, 0.1, 0.2, 0.4};
    double threshold = 0;
    if (strcmp(qc_version(), QC_VERSION_STRING) != 0) {
        printf("library %s, headers %s\n", qc_version(), QC_VERSION_STRING);
        return 1;
    }
    if (qc_conformal_threshold_f64(scores, 4, 0.4, &threshold) != QC_OK || threshold != 0.3) {
        printf("threshold %g: %s\n", threshold, qc_last_error());
        return 1;
    }
    return 0;
}
