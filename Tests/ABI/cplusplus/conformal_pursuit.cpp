#include "check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

void check_conformal_pursuit() {
    using namespace quantcal;
    const auto orders = conformal_pursuit_histories(7, 4, 5, 5);
    check(orders.size() == 20, "four orders");
    for (std::size_t point = 0; point < 4; point++) {
        std::array<std::int32_t, 5> order{};
        std::copy_n(orders.begin() + static_cast<std::ptrdiff_t>(5 * point), 5, order.begin());
        std::sort(order.begin(), order.end());
        check(order == std::array<std::int32_t, 5>{0, 1, 2, 3, 4}, "an order of all queries");
    }
    const auto last = conformal_pursuit_histories(7, 1, 5, 5, 3);
    check(std::equal(last.begin(), last.end(), orders.begin() + 15), "the last point, apart");

    const std::array<std::int32_t, 6> sizes{3, 1, 1, 1, 0, 4};
    const auto plain = conformal_pursuit_log_sizes(matrix_view(sizes, 3, 2));
    check(plain == std::vector<double>{std::log(2.0), 0, std::log(2.0)}, "logs of means");
    const std::array<double, 6> weights{0, 1, 1, 1, 1, 0};
    const auto weighted =
        conformal_pursuit_log_sizes(matrix_view(sizes, 3, 2), matrix_view(weights, 3, 2));
    check(weighted[0] == 0 && std::isinf(weighted[2]), "weights");
    check_error(
        [&] { conformal_pursuit_log_sizes(matrix_view(sizes, 3, 2), matrix_view(weights, 2, 3)); },
        QC_ERR_SIZE, "weights");

    const auto choice = conformal_pursuit_choose(plain);
    check(choice.index == 1 && choice.spread == std::log(2.0), "the smallest set");
    const auto next = conformal_pursuit_choose(plain, std::array<std::uint8_t, 3>{0, 1, 0});
    check(next.index == 0 && next.spread == 0, "the first of those that tie");
    check_throws<infeasible>(
        [&] {
            conformal_pursuit_choose(plain, std::array<std::uint8_t, 3>{1, 1, 1});
        },
        [](const auto &error) { return error.status() == QC_INFEASIBLE; }, "all were asked");

    const double published =
        conformal_pursuit_entropy_bound(4, 19, 0.1, 1.5, QC_CONFORMAL_PURSUIT_PUBLISHED);
    check(std::abs(published - 0.948997) < 1e-6, "the published bound");
    check(conformal_pursuit_entropy_bound(4, 19, 0.1, 1.5) < published, "the sharp bound");
}
