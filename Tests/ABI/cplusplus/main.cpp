// Every wrapper of quantcal.hpp, with answers that are known from the definition; and how
// errors, cancelling and exceptions in a callback arrive. The last line is
// `N passed, M failed`.
#include "check.hpp"

int main() {
    check_base();
    check_isotonic();
    check_calibration();
    check_conformal();
    check_quantize();
    std::cout << "quantcal.hpp: " << passed << " passed, " << failed << " failed\n";
    return failed != 0 || passed == 0;
}
