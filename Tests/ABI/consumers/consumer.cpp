// The same from C++: a value, and an error that arrives as an exception.
#include <iostream>
#include <quantcal.hpp>

int main() {
    const std::vector<double> scores{0.3, 0.1, 0.2, 0.4};
    if (quantcal::conformal_threshold(scores, 0.4) != 0.3) {
        return 1;
    }
    try {
        quantcal::conformal_threshold(scores, 2);
    } catch (const quantcal::error &error) {
        return error.status() == QC_ERR_DOMAIN ? 0 : 1;
    }
    std::cout << "no exception\n";
    return 1;
}
