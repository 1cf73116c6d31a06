extension GateWeights {
    /// Of the document's key "gate".
    package static let formatVersion = 1

    /// The weights file: names beside numbers, so that people can read what the gate does. Host reads it back.
    ///
    /// Numbers are the shortest that give the same float, so the text depends on the weights alone.
    package var json: String {
        let scorerCount = shape.scorers.count
        var lines = ["{", "  \"gate\": \(Self.formatVersion),"]
        if !trainingHash.isEmpty { lines.append("  \"training\": \(Self.quoted(trainingHash)),") }
        lines.append("  \"temperature\": \(temperature),")
        let columns = shape.columns.map { "    { \"name\": \(Self.quoted($0.name)), \"mean\": \($0.mean), \"scale\": \($0.scale) }" }
        lines.append("  \"columns\": [" + (columns.isEmpty ? "" : "\n" + columns.joined(separator: ",\n") + "\n  ") + "],")
        lines.append("  \"scorers\": [")
        for (index, scorer) in shape.scorers.enumerated() {
            func number(_ range: Range<Int>, _ extra: Int = 0) -> String { "\(parameters[range.lowerBound + index + extra])" }
            func row(_ range: Range<Int>, _ width: Int) -> String {
                let start = range.lowerBound + index * width
                return "[" + parameters[start..<start + width].map { "\($0)" }.joined(separator: ", ") + "]"
            }
            lines += [
                "    {",
                "      \"id\": \(Self.quoted(scorer.id)), \"scale\": \(Self.quoted(scorer.scale.rawValue)),",
                "      \"logit\": \(number(places.logit)),",
                "      \"logitBeside\": \(row(places.logitBeside, scorerCount)),",
                "      \"logitColumns\": \(row(places.logitColumns, shape.columns.count)),",
                "      \"logScale\": \(number(places.logScale)), \"logSlope\": \(number(places.logSlope)), "
                    + "\"offset\": \(number(places.offset)),",
                "      \"gainBeside\": \(row(places.gainBeside, scorerCount)),",
                "      \"confidenceOffset\": \(number(places.confidenceOffset, 1)), "
                    + "\"confidenceLogSlope\": \(number(places.confidenceLogSlope, 1)),",
                "      \"confidenceOffsetBeside\": \(row(places.confidenceOffsetBeside, scorerCount)),",
                "      \"confidenceLogSlopeBeside\": \(row(places.confidenceLogSlopeBeside, scorerCount))",
                index + 1 < scorerCount ? "    }," : "    }",
            ]
        }
        lines += [
            "  ],",
            "  \"confidence\": { \"offset\": \(parameters[places.confidenceOffset.lowerBound]), "
                + "\"logSlope\": \(parameters[places.confidenceLogSlope.lowerBound]) }",
            "}",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
