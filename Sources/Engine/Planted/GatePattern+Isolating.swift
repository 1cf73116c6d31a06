import Features
import Synthetic

// What a pattern speaks through, and nothing else.
extension GatePattern {
    /// Lets all rows be what the first wanted one is, but for what shows the pattern.
    ///
    /// A habitual entity was also seen at other times than the plain ones beside it, and a scorer that honestly goes by
    /// recency alone would rank some habits last: of thirty seeds three to six refused one.
    func isolate(_ list: inout PlantedList, wanted: [Bool]) {
        guard let model = wanted.firstIndex(of: true), let common = list.candidates[model].context else { return }
        for row in list.candidates.indices where row != model {
            guard let own = list.candidates[row].context else { continue }
            var context = common
            switch self {
            case .focus: context.isFocal = own.isFocal
            case .habit: context.weekdayLift = own.weekdayLift
            case .hour: context.hourLift = own.hourLift
            case .succession: context.succession = own.succession
            case .burst, .decay:
                (context.gapDays, context.decayedCounts) = (own.gapDays, own.decayedCounts)
                (context.burstLift, context.countInLastEight) = (own.burstLift, own.countInLastEight)
            // One memory many times has one context, and ordinary lists are as they are.
            case .ordinary, .empty, .chain, .age, .importance, .access, .text: return
            }
            list.candidates[row] = list.candidates[model]
            list.candidates[row].context = context
        }
        list.turn.measurePool(list.candidates)
    }
}
