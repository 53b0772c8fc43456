#!/usr/bin/env bash
# Throws bytes at each reader of foreign files, under AddressSanitizer, for
# QUANTCAL_FUZZ_SECONDS (20) each. A crash, a trap or a property that does not hold
# fails; the input that did it stays in build/fuzz. Corpora grow from run to run.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
suite fuzz

need_build_packages
need_packages python3
SECONDS_EACH="${QUANTCAL_FUZZ_SECONDS:-20}"
DIRECTORY="$BUILD/fuzz"
python3 Tests/Fuzz/seeds.py "$DIRECTORY/seeds"

# The readers and what they stand on, in one module with the target.
core=Sources/QuantcalCore
shared=("$core/Support/QuantcalError.swift" Tests/Fuzz/FuzzSupport.swift)
stored=(Tests/Fuzz/StoredSupport.swift "$core/Support/StoredBytes.swift")
elements=("$core/Quantize/WeightElement.swift" Tests/Fuzz/ElementSupport.swift)
formats=("$core"/Formats/*.swift "${elements[@]}" "$core/Quantize/GgmlType.swift" Tests/Fuzz/FormatSupport.swift)
states=("${stored[@]}" "$core"/Isotonic/Isotonic{Chain,SquaredChain,QuantileChain,QuantileUnits,Options}.swift
    "$core"/Isotonic/IsotonicState{,Bytes,Reading,Fit}.swift
    "$core"/Support/{DoubleDouble,GrowableBuffer,NaturalMergeSort,PowerOfTwo,Scalar,Scratch,ScratchMemory}.swift)
distributions=("${stored[@]}" "$core"/Isotonic/IsotonicDistribution{Bytes,Covariates,Functions,Order,Runs}.swift
    "$core"/Isotonic/{DominanceEdges,FlowNetwork,GraphOrder,IsotonicOptions}.swift
    "$core"/Isotonic/{OrderEdges,OrderKeys,OrderNodes,PartialOrder,PlaneOrder}.swift
    "$core"/Support/{DoubleDouble,GrowableBuffer,Progress,RankSet,Scalar,Scratch,ScratchMemory,Search}.swift
    "$core"/Support/Radix{Cuts,Levels,Sort}.swift)
martingales=("${stored[@]}" "$core"/Conformal/Martingale/*.swift "$core/Conformal/Online/OnlineScores.swift"
    "$core/Conformal/ConformalRank.swift" "$core"/Support/{DoubleDouble,Exponential,GrowableBuffer,Lanes}.swift
    "$core"/Support/{NormalDistribution,OrderStatisticTree,Philox,Require,Scalar,Scratch,ScratchMemory,Search,UInt256}.swift)
holdouts=("${stored[@]}" "$core"/Conformal/ConformalHoldout{,Bytes}.swift "$core"/Support/{NormalDistribution,Philox}.swift)
online=("${stored[@]}" "$core"/Conformal/Online/*.swift "$core/Conformal/ConformalRank.swift"
    "$core"/Support/{DoubleDouble,Exponential,GrowableBuffer,OrderStatisticTree,UInt256}.swift)
calibrators=("${stored[@]}" "$core"/Conformal/Calibration*.swift "$core"/Conformal/ConformalCalibrator{,Queries,Bytes}.swift
    "$core/Conformal/ConformalRank.swift" "$core"/Support/Radix{Cuts,Levels,Sort}.swift
    "$core"/Support/{GrowableBuffer,Lanes,NormalDistribution,Philox,Require,Scalar,Scratch,ScratchMemory,Search,UInt256}.swift)

observers=("${stored[@]}" "$core"/Quantize/Ranges/RangeObserver{,Bytes,Percentile,Summary,Update}.swift
    "$core"/Quantize/Ranges/Observer{Batch,Tally}.swift "${elements[@]}" "$core"/Support/Scratch{,Memory}.swift
    Tests/Fuzz/ParallelSupport.swift)

# build READER: compiles Tests/Fuzz/<READER>Fuzz.swift if a source is newer.
build() {
    local program="$DIRECTORY/$1" source sources=("${shared[@]}" "Tests/Fuzz/$1Fuzz.swift")
    case "$1" in
    IsotonicState) sources+=("${states[@]}") ;;
    ConformalCalibrator) sources+=("${calibrators[@]}") ;;
    IsotonicDistribution) sources+=("${distributions[@]}") ;;
    ConformalHoldout) sources+=("${holdouts[@]}") ;;
    ConformalMartingale) sources+=("${martingales[@]}") ;;
    ConformalOnline) sources+=("${online[@]}") ;;
    QuantizeObserver) sources+=("${observers[@]}") ;;
    *) sources+=("${formats[@]}") ;;
    esac
    for source in "${sources[@]}"; do
        if [ ! "$program" -nt "$source" ]; then
            swiftc -O -parse-as-library -swift-version 6 -module-name QuantcalCore -use-ld=lld \
                -sanitize=fuzzer,address -o "$program" "${sources[@]}"
            return
        fi
    done
}

# fuzz READER: runs it. The backtraces of the Swift runtime are off: libFuzzer
# prints its own, and the crash must end the process at once.
fuzz() {
    local corpus="$DIRECTORY/corpus/$1" seeds="$DIRECTORY/seeds/${1,,}" log="$BUILD/logs/fuzz-$1.out"
    mkdir -p "$corpus" "$BUILD/logs"
    if ! SWIFT_BACKTRACE=enable=no "$DIRECTORY/$1" "$corpus" "$seeds" \
        -dict=Tests/Fuzz/tokens.dict -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 \
        -max_len=4096 -artifact_prefix="$DIRECTORY/$1-" -print_final_stats=1 >"$log" 2>&1; then
        tail -n 40 "$log"
        return 1
    fi
    # A target that ran nothing has proven nothing.
    runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    [ "${runs:-0}" -gt 1000 ]
}

for reader in JSON Npy Safetensors Gguf IsotonicState IsotonicDistribution ConformalHoldout ConformalCalibrator \
    ConformalOnline ConformalMartingale QuantizeObserver; do
    runs=0
    if build "$reader" && fuzz "$reader"; then
        pass
        echo "ok: $reader, $runs inputs"
    else
        fail "$reader after $runs inputs"
    fi
done
finish
