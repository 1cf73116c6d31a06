import Foundation

// Figures of the plugin runtime that need a process of their own. See Benchmarks/runtime.sh.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "swap": try SwapRun(Array(arguments.dropFirst())).run()
case "kill": try KillRun(Array(arguments.dropFirst())).run()
case "tiers": try TierTable(Array(arguments.dropFirst())).run()
case "cell": try TierCell(Array(arguments.dropFirst())).run()
default:
    print("usage: runtime-bench swap|kill|tiers …; Benchmarks/runtime.sh builds what they need")
    exit(64)
}
