import Glibc

/// An event that says what time it is and nothing else, for a turn whose own event isn't in the state: columns that the
/// clock decides have their value, the others their mean.
struct BareEvent: Sendable {
    private let means: [Float]
    private let places: [(place: Int, column: Clock)]

    private enum Clock: String, CaseIterable {
        case logGap = "event.log_gap_s@1"
        case gapDays = "event.gap_days@1"
        case hourSine = "event.tod_sin@1"
        case hourCosine = "event.tod_cos@1"
        case weekdaySine = "event.dow_sin@1"
        case weekdayCosine = "event.dow_cos@1"
    }

    init(columns: [String], means: [Float]) {
        self.means = means
        places = columns.enumerated().compactMap { place, name in Clock(rawValue: name).map { (place, $0) } }
    }

    func columns(nowMilliseconds: Int64, utcOffsetSeconds: Int, lastMilliseconds: Int64?) -> [Float] {
        var values = means
        let gapSeconds = lastMilliseconds.map { max(0, Double(nowMilliseconds) - Double($0)) / 1000 } ?? 0
        let localSeconds = Double(nowMilliseconds) / 1000 + Double(utcOffsetSeconds)
        let days = (localSeconds / 86_400).rounded(.down)
        let hour = (localSeconds - days * 86_400) / 3600
        // 1 January 1970 was a Thursday; Sunday = 0.
        let weekday = ((days + 4).truncatingRemainder(dividingBy: 7) + 7).truncatingRemainder(dividingBy: 7)
        for (place, column) in places {
            values[place] =
                switch column {
                case .logGap: log1p(Float(gapSeconds))
                case .gapDays: Float(gapSeconds / 86_400)
                case .hourSine: Float(sin(2 * .pi * hour / 24))
                case .hourCosine: Float(cos(2 * .pi * hour / 24))
                case .weekdaySine: Float(sin(2 * .pi * weekday / 7))
                case .weekdayCosine: Float(cos(2 * .pi * weekday / 7))
                }
        }
        return values
    }
}

func exponential(_ value: Float) -> Float { expf(value) }
