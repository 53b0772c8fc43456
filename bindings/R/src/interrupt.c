/*
 * Long work that the user can stop.
 *
 * R_CheckUserInterrupt() leaves by a long jump, which must not cross the library. So the callback
 * catches the jump where it starts (R_UnwindProtect), tells the library to stop, and lets the jump
 * go on to where R meant it to go once the library has returned. What R looks for there - Ctrl-C, a
 * time limit - thus arrives as the very condition that R made of it, for any handler to catch.
 */
#include "quantcal_r.h"

static SEXP look(void *unused) {
    (void)unused;
    R_CheckUserInterrupt();
    return R_NilValue;
}

static void turn_back(void *data, Rboolean jumping) {
    if (jumping) {
        longjmp(((qcr_interrupt *)data)->back, 1);
    }
}

static int32_t report(void *context, double fraction) {
    (void)fraction;
    qcr_interrupt *state = context;
    if (setjmp(state->back) != 0) {
        state->pending = 1;
        return 1;
    }
    R_UnwindProtect(look, NULL, turn_back, state, state->token);
    return 0;
}

qc_progress qcr_interrupt_progress(qcr_interrupt *state) {
    state->token = R_MakeUnwindCont();
    state->pending = 0;
    qc_progress progress = {report, state};
    return progress;
}

void qcr_check_interruptible(qc_status status, const qcr_interrupt *state) {
    if (state->pending) {
        R_ContinueUnwind(state->token);
    }
    qcr_check(status);
}
