/*
 * Family `base` for C++: errors, matrices, options, progress; the version,
 * threads and kernels. See quantcal.hpp for the rules.
 */
#ifndef QUANTCAL_BASE_HPP
#define QUANTCAL_BASE_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base.h"

namespace quantcal {

/// A refused call: its status, and as what() the sentence of qc_last_error().
class error : public std::runtime_error {
public:
    error(qc_status status, const std::string &message)
        : std::runtime_error(message), status_(status) {}

    qc_status status() const noexcept { return status_; }

private:
    qc_status status_;
};

/// Work that a progress callback stopped.
class cancelled : public error {
public:
    using error::error;
};

/// What was asked for does not exist: no parameter is valid.
class infeasible : public error {
public:
    using error::error;
};

/// Called with the fraction done, 0 to 1; returns whether to go on.
using progress = std::function<bool(double)>;

/// The types that most functions exist for.
template <class T>
concept real = std::same_as<T, float> || std::same_as<T, double>;

/// An options struct of the C interface that holds the defaults when made.
template <class Struct, qc_status (*Init)(Struct *, std::size_t)>
struct options;

namespace detail {

inline void check(qc_status status) {
    switch (status) {
    case QC_OK:
        return;
    case QC_ERR_NO_MEMORY:
        throw std::bad_alloc();
    case QC_CANCELLED:
        throw cancelled(status, qc_last_error());
    case QC_INFEASIBLE:
        throw infeasible(status, qc_last_error());
    default:
        throw error(status, qc_last_error());
    }
}

/// rows * columns, or an error if it does not fit.
inline std::size_t product(std::size_t rows, std::size_t columns) {
    if (columns != 0 && rows > std::numeric_limits<std::size_t>::max() / columns) {
        throw error(QC_ERR_SIZE, std::to_string(rows) + " x " + std::to_string(columns) +
                                     " elements do not fit into memory");
    }
    return rows * columns;
}

inline void require_size(std::size_t size, std::size_t needed, const char *name) {
    if (size != needed) {
        throw error(QC_ERR_SIZE, std::string(name) + " has " + std::to_string(size) +
                                     " elements; " + std::to_string(needed) + " are needed");
    }
}

/// The same for an array that may be left out, which an empty span says.
inline void require_size_if_given(std::size_t size, std::size_t needed, const char *name) {
    if (size != 0) {
        require_size(size, needed, name);
    }
}

/// The pointer that the C interface gets for an array that may be left out.
template <class T>
T *pointer_if_given(std::span<T> values) {
    return values.empty() ? nullptr : values.data();
}

/// The function of the C interface for the type T.
template <real T, class F32, class F64>
constexpr auto by_type(F32 f32, F64 f64) {
    if constexpr (std::same_as<T, float>) {
        return f32;
    } else {
        return f64;
    }
}

/// Leads the library's calls back to the caller's callback, and keeps what that
/// throws from passing through the library.
class progress_bridge {
public:
    explicit progress_bridge(const progress &callback) : callback_(callback) {}

    qc_progress c_progress() { return {&progress_bridge::report, this}; }

    void check(qc_status status) const {
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
        detail::check(status);
    }

private:
    static std::int32_t report(void *context, double fraction) noexcept {
        auto &bridge = *static_cast<progress_bridge *>(context);
        try {
            return bridge.callback_(fraction) ? 0 : 1;
        } catch (...) {
            bridge.thrown_ = std::current_exception();
            return 1;
        }
    }

    const progress &callback_;
    std::exception_ptr thrown_;
};

/// Calls `call` with the options, their progress replaced by `report` if there is one.
template <class Options, class Call>
void call_with_progress(Options options, const progress &report, Call call) {
    progress_bridge bridge(report);
    if (report) {
        options.progress = bridge.c_progress();
    }
    bridge.check(call(&options));
}

template <class T, void (*Destroy)(T *)>
struct destroyer {
    void operator()(T *object) const noexcept { Destroy(object); }
};

} // namespace detail

/// Owns an object of the library, through its handle: it can be moved, not copied.
template <class T, void (*Destroy)(T *)>
using handle = std::unique_ptr<T, detail::destroyer<T, Destroy>>;

namespace detail {

/// The object that `create` makes, when told where to put its handle.
template <class Handle, class Create>
Handle created(Create create) {
    typename Handle::pointer object = nullptr;
    check(create(&object));
    return Handle(object);
}

} // namespace detail

template <class Struct, qc_status (*Init)(Struct *, std::size_t)>
struct options : Struct {
    options() { detail::check(Init(this, sizeof(Struct))); }
};

/// A row-major matrix that belongs to someone else.
template <class T>
class matrix_view {
public:
    matrix_view(std::span<const T> values, std::size_t rows, std::size_t columns)
        : values_(values), rows_(rows), columns_(columns) {
        detail::require_size(values.size(), detail::product(rows, columns), "the matrix");
    }

    const T *data() const noexcept { return values_.data(); }
    std::size_t size() const noexcept { return values_.size(); }
    std::size_t rows() const noexcept { return rows_; }
    std::size_t columns() const noexcept { return columns_; }

private:
    std::span<const T> values_;
    std::size_t rows_;
    std::size_t columns_;
};

template <std::ranges::contiguous_range Range>
matrix_view(const Range &, std::size_t, std::size_t)
    -> matrix_view<std::remove_cv_t<std::ranges::range_value_t<Range>>>;

/// qc_version()
inline const char *version() noexcept { return qc_version(); }

/// qc_status_name()
inline const char *status_name(qc_status status) noexcept { return qc_status_name(status); }

/// qc_last_error(); exceptions carry it already.
inline const char *last_error() noexcept { return qc_last_error(); }

/// qc_set_thread_count()
inline void set_thread_count(std::int32_t count) { detail::check(qc_set_thread_count(count)); }

/// qc_thread_count()
inline std::int32_t thread_count() noexcept { return qc_thread_count(); }

/// qc_kernel_level()
inline const char *kernel_level() noexcept { return qc_kernel_level(); }

} // namespace quantcal

#endif
