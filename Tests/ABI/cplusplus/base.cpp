#include "check.hpp"

#include <array>
#include <cstring>
#include <limits>

void check_base() {
    check(std::string_view(quantcal::version()) == QC_VERSION_STRING, "version");
    check(std::string_view(quantcal::status_name(QC_ERR_DOMAIN)) == "QC_ERR_DOMAIN", "status_name");
    check(std::strlen(quantcal::kernel_level()) > 0, "kernel_level");

    quantcal::set_thread_count(3);
    check(quantcal::thread_count() == 3, "thread_count is what was set");
    check_error([] { quantcal::set_thread_count(-1); }, QC_ERR_DOMAIN, "count is -1");
    check(std::string_view(quantcal::last_error()).find("count is -1") == 0, "last_error");
    check(quantcal::thread_count() == 3, "an error changes nothing");
    quantcal::set_thread_count(0);

    const std::array<float, 6> values{};
    const quantcal::matrix_view view(values, 2, 3);
    check(view.rows() == 2 && view.columns() == 3 && view.size() == 6, "matrix_view");
    check_error([&] { quantcal::matrix_view(values, 2, 4); }, QC_ERR_SIZE, "6 elements; 8 are");
    check_error([&] { quantcal::matrix_view(values, std::numeric_limits<std::size_t>::max(), 2); },
                QC_ERR_SIZE, "do not fit");
}
