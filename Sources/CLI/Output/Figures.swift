/// Numbers as people read them. Written without locale: the same run prints the same text everywhere.
enum Figures {
    /// Rounded to a fixed number of decimals; "-" for what isn't a number.
    static func decimal(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value.isNaN ? "-" : "\(value)" }
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        let sign = scaled < 0 ? "-" : ""
        let whole = String(scaled.magnitude / UInt64(scale))
        guard decimals > 0 else { return sign + whole }
        let fraction = String(scaled.magnitude % UInt64(scale)).leftPadded(to: decimals, with: "0")
        return sign + whole + "." + fraction
    }

    static func decimal(_ value: Float, _ decimals: Int) -> String { decimal(Double(value), decimals) }

    /// With its sign, also for 0 and more.
    static func signed(_ value: Float, _ decimals: Int) -> String {
        let text = decimal(value, decimals)
        return text.hasPrefix("-") ? text : "+" + text
    }

    /// 1234567 → 1,234,567.
    static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return value < 0 ? "-" + result : result
    }

    static func bytes(_ value: Int64) -> String {
        var amount = Double(value)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if amount < 1024 { return (unit == "B" ? decimal(amount, 0) : decimal(amount, 1)) + " " + unit }
            amount /= 1024
        }
        return decimal(amount, 1) + " TiB"
    }

    /// How long ago, in the largest unit that isn't zero: "45s", "3h", "12d", "2y". Future moments: "in 3d".
    static func age(milliseconds: Int64) -> String {
        let seconds = abs(milliseconds) / 1000
        let text: String
        switch seconds {
        case ..<60: text = "\(seconds)s"
        case ..<3600: text = "\(seconds / 60)m"
        case ..<86_400: text = "\(seconds / 3600)h"
        case ..<(365 * 86_400): text = "\(seconds / 86_400)d"
        default: text = "\(seconds / (365 * 86_400))y"
        }
        return milliseconds < 0 ? "in \(text)" : text
    }

    /// A wait: "4 s", "3 min 20 s", "1 h 5 min".
    static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole / 60 % 60) min"
        }
    }
}
