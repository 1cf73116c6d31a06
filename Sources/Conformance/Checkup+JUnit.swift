extension Checkup {
    /// The format that build servers read: one suite per group, one case per check.
    package var junit: String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"mneme plugin check\"\(Self.counts(results))>\n"
        for group in Check.Group.allCases {
            let inGroup = results.filter { $0.group == group }
            if inGroup.isEmpty { continue }
            text += "  <testsuite name=\"\(group.rawValue)\"\(Self.counts(inGroup))>\n"
            for result in inGroup { text += testCase(result) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private func testCase(_ result: CheckResult) -> String {
        let head = "    <testcase name=\"\(result.name)\" classname=\"\(Self.escaped(library))\" time=\"\(result.milliseconds / 1000)\""
        let detail = Self.escaped(result.finding.detail)
        switch result.finding.outcome {
        case .passed: return head + "/>\n"
        case .notChecked: return head + "><skipped message=\"\(detail)\"/></testcase>\n"
        case .failed:
            let remedy = Self.escaped(result.finding.remedy ?? "")
            return head + "><failure message=\"\(detail)\">do: \(remedy)</failure></testcase>\n"
        }
    }

    private static func counts(_ results: [CheckResult]) -> String {
        func count(_ outcome: Finding.Outcome) -> Int { results.filter { $0.finding.outcome == outcome }.count }
        let seconds = results.reduce(0) { $0 + $1.milliseconds } / 1000
        return " tests=\"\(results.count)\" failures=\"\(count(.failed))\" skipped=\"\(count(.notChecked))\" time=\"\(seconds)\""
    }

    /// XML 1.0 has no way to write most control characters: they become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
