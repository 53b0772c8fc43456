/*
 * libquantcal for C++20: spans and vectors in, vectors and values out, errors
 * as exceptions. Header-only, over the C interface of quantcal.h, and without
 * logic of its own: what a function computes, and what its arguments mean, is
 * said where the C function is declared.
 *
 * Names      qc_x_f32 and qc_x_f64 are quantcal::x, chosen by the type of the
 *            first argument. x_into writes into the caller's spans.
 * Matrices   matrix_view(values, rows, columns) over any contiguous range.
 * Optional   An empty span stands for an array that is not given.
 * Errors     quantcal::error carries the status and the library's message;
 *            quantcal::cancelled is the one of a progress callback that asked
 *            to stop; std::bad_alloc means no memory. A span of a wrong length
 *            is an error with QC_ERR_SIZE.
 * Options    Objects that hold the defaults when made: change fields, pass on.
 * Progress   A callable that gets the fraction done and returns whether to go
 *            on. What it throws ends the work and arrives at the caller.
 */
#ifndef QUANTCAL_HPP
#define QUANTCAL_HPP

#include "quantcal/base.hpp"
#include "quantcal/isotonic.hpp"
#include "quantcal/calibration.hpp"
#include "quantcal/conformal.hpp"
#include "quantcal/quantize.hpp"

#endif
