import FuzzTargets
import Glibc

// mneme-fuzz TARGET [libFuzzer's arguments …]. Built by Scripts/fuzz.sh only: it needs the toolchain's libFuzzer.

@_extern(c, "LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

// Set once before the driver starts; its one thread reads it.
nonisolated(unsafe) var chosen: FuzzTarget?

// libFuzzer starts itself again to merge, with its own arguments only: the environment carries the target there.
let variable = "MNEME_FUZZ_TARGET"
let isChild = getenv(variable) != nil
let name = getenv(variable).map { String(cString: $0) } ?? CommandLine.arguments.dropFirst().first ?? ""
guard let target = FuzzTarget.named(name) else {
    for target in FuzzTarget.all { print(target.name, "-", target.parses) }
    exit(name.isEmpty ? 0 : 64)
}
setenv(variable, name, 1)
chosen = target
let words =
    [CommandLine.arguments[0], "-max_len=\(target.maximumBytes)"]
    + CommandLine.arguments.dropFirst(isChild ? 1 : 2)
var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
var count = Int32(words.count)
arguments.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    exit(
        runDriver(&count, &start) { bytes, count in
            chosen?.run(UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        })
}
